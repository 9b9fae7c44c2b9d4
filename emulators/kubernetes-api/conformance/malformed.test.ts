import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Api, connect } from './connect.ts'
import type { Json } from './json.ts'

let api: Api
beforeAll(async () => {
  api = await connect()
})
afterAll(() => api.stop())

const GROUPS = [
  'apps/v1',
  'batch/v1',
  'autoscaling/v1',
  'autoscaling/v2',
  'networking.k8s.io/v1',
  'policy/v1',
]
// The API server itself answers a binding without a target with 500 `target.name: Required value`.
const REJECTED_BY_500 = new Set(['bindings'])
const NAMED = { metadata: { name: 'odd' } }
// Specs of a faulty client: none, null, empty parts, and parts of other kinds.
const SPECS = [
  undefined,
  null,
  {},
  [],
  1,
  { template: {} },
  { template: { spec: {} }, selector: {} },
  { template: { spec: { containers: [{}] } }, selector: { matchExpressions: [{}] } },
  { containers: null },
  { containers: [null] },
  {
    containers: [{ env: [{}], envFrom: [{}], ports: [{}], livenessProbe: {}, volumeMounts: [{}] }],
    volumes: [{}],
  },
  { jobTemplate: { spec: {} }, schedule: '' },
  { ports: [{}], selector: null },
  { rules: [{ http: { paths: [{ backend: { service: {} } }] } }], tls: [{}] },
  { scaleTargetRef: {}, metrics: [{}] },
  { maxReplicas: 1, scaleTargetRef: { kind: 'Deployment', name: 'x' }, metrics: [{ type: 'Resource' }] },
  { ingress: [{}], egress: [{ to: [{}] }], podSelector: {} },
  { limits: [{}], hard: { cpu: 'much' } },
]

describe('a malformed object', () => {
  it.each(['v1', ...GROUPS])(
    'of any kind of %s is accepted or rejected without a server error',
    async group => {
      const root = group === 'v1' ? '/api/v1' : `/apis/${group}`
      const { resources } = (await api.request('GET', root)).body
      const creatable = resources.filter(
        ({ name, namespaced, verbs }: Json) =>
          namespaced && !name.includes('/') && verbs.includes('create') && !REJECTED_BY_500.has(name),
      )
      expect(creatable.length).toBeGreaterThan(0)
      for (const { name } of creatable)
        for (const spec of SPECS) {
          const path = `${root}/namespaces/${api.namespace}/${name}?dryRun=All`
          const { code, body } = await api.request('POST', path, { ...NAMED, spec })
          expect(code, `${path} ${JSON.stringify(spec)} ${JSON.stringify(body)}`).toBeLessThan(500)
        }
    },
  )

  it.each([null, [], 1, 'text', { metadata: null }, { metadata: 1 }])(
    'is rejected without a server error: %j',
    async document => {
      const { code } = await api.request('POST', api.core('pods'), document)
      expect([400, 422]).toContain(code)
    },
  )

  it('is neither listed nor watched from an invalid revision', async () => {
    const message = expect.stringContaining('resourceVersion: Invalid value: "some": strconv.ParseUint')
    const listed = await api.request('GET', api.core('pods?resourceVersion=some'))
    expect(listed.body).toMatchObject({ kind: 'Status', code: 400, message })
    const watched = await api.request('GET', api.core('pods?watch=1&resourceVersion=some'))
    expect(watched.body).toMatchObject({ kind: 'Status', code: 500, message })
  })

  it('is not listed in pages of an invalid size', async () => {
    expect((await api.request('GET', api.core('pods?limit=some'))).body).toMatchObject({
      code: 400,
      reason: 'BadRequest',
    })
  })
})
