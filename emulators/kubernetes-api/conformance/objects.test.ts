import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Api, connect } from './connect.ts'
import type { Json } from './json.ts'
import { configMap } from './manifests.ts'

let api: Api
beforeAll(async () => {
  api = await connect()
})
afterAll(() => api.stop())

const MERGE = { type: 'application/merge-patch+json' }

describe('discovery', () => {
  it('lists the version, the groups and their resources', async () => {
    expect((await api.request('GET', '/version')).body.major).toBe('1')
    const groups = (await api.request('GET', '/apis')).body.groups.map((group: Json) => group.name)
    expect(groups).toEqual(
      expect.arrayContaining([
        'apps',
        'batch',
        'autoscaling',
        'networking.k8s.io',
        'policy',
        'coordination.k8s.io',
        'discovery.k8s.io',
      ]),
    )
    const { resources } = (await api.request('GET', '/apis/apps/v1')).body
    expect(resources.find((resource: Json) => resource.name === 'deployments')).toMatchObject({
      kind: 'Deployment',
      namespaced: true,
      shortNames: ['deploy'],
    })
    expect(resources.find((resource: Json) => resource.name === 'deployments/scale')).toMatchObject({
      kind: 'Scale',
      group: 'autoscaling',
      version: 'v1',
    })
  })

  it('responds to an unknown path with a Status of reason NotFound', async () => {
    const { code, body } = await api.request('GET', '/apis/apps/v1/nothings')
    expect(code).toBe(404)
    expect(body).toMatchObject({
      kind: 'Status',
      reason: 'NotFound',
      message: 'the server could not find the requested resource',
    })
  })
})

describe('objects', () => {
  it('are created with uid and timestamps and read back; an existing name is a conflict', async () => {
    const created = await api.request('POST', api.core('configmaps'), configMap('first', { a: '1' }))
    expect(created.code).toBe(201)
    expect(created.body.metadata).toMatchObject({
      name: 'first',
      namespace: api.namespace,
      uid: expect.any(String),
      resourceVersion: expect.stringMatching(/^\d+$/),
    })
    expect(created.body.metadata.creationTimestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    expect((await api.request('GET', api.core('configmaps/first'))).body.data).toEqual({ a: '1' })
    const again = await api.request('POST', api.core('configmaps'), configMap('first'))
    expect(again.code).toBe(409)
    expect(again.body).toMatchObject({
      reason: 'AlreadyExists',
      message: 'configmaps "first" already exists',
      details: { name: 'first', kind: 'configmaps' },
    })
  })

  it('get a name from generateName', async () => {
    const { body } = await api.request('POST', api.core('configmaps'), {
      metadata: { generateName: 'made-' },
    })
    expect(body.metadata.name).toMatch(/^made-[a-z0-9]{5}$/)
  })

  it('have no kind in a list, which has the revision to watch from', async () => {
    const { body } = await api.request('GET', api.core('configmaps'))
    expect(body).toMatchObject({
      kind: 'ConfigMapList',
      apiVersion: 'v1',
      metadata: { resourceVersion: expect.any(String) },
    })
    expect(body.items[0].kind).toBeUndefined()
  })

  it('are listed in pages if the client sets a limit', async () => {
    for (const name of ['page-a', 'page-b', 'page-c'])
      await api.request('POST', api.core('configmaps'), configMap(name, {}, { paged: 'yes' }))
    const first = (await api.request('GET', api.core('configmaps?labelSelector=paged&limit=2'))).body
    expect(first.items.map((item: Json) => item.metadata.name)).toEqual(['page-a', 'page-b'])
    const rest = (
      await api.request(
        'GET',
        api.core(
          `configmaps?labelSelector=paged&limit=2&continue=${encodeURIComponent(first.metadata.continue)}`,
        ),
      )
    ).body
    expect(rest.items.map((item: Json) => item.metadata.name)).toEqual(['page-c'])
    expect(rest.metadata.continue ?? '').toBe('')
  })

  it('are answered 404 after their deletion', async () => {
    await api.request('POST', api.core('configmaps'), configMap('short-lived'))
    const { body } = await api.request('DELETE', api.core('configmaps/short-lived'))
    expect(body).toMatchObject({ kind: 'Status', status: 'Success', details: { name: 'short-lived' } })
    const missing = await api.request('GET', api.core('configmaps/short-lived'))
    expect(missing.body).toMatchObject({
      code: 404,
      reason: 'NotFound',
      message: 'configmaps "short-lived" not found',
    })
  })

  it('with a finalizer stay until it is removed', async () => {
    await api.request('POST', api.core('configmaps'), {
      metadata: { name: 'held', finalizers: ['example.com/hold'] },
    })
    const { body } = await api.request('DELETE', api.core('configmaps/held'))
    expect(body.metadata.deletionTimestamp).toBeDefined()
    expect((await api.request('GET', api.core('configmaps/held'))).code).toBe(200)
    await api.request('PATCH', api.core('configmaps/held'), { metadata: { finalizers: null } }, MERGE)
    expect((await api.request('GET', api.core('configmaps/held'))).code).toBe(404)
  })

  it('are not deleted if a precondition fails', async () => {
    await api.request('POST', api.core('configmaps'), configMap('guarded'))
    const { code, body } = await api.request('DELETE', api.core('configmaps/guarded'), {
      preconditions: { uid: '0a000000-0000-4000-8000-000000000000' },
    })
    expect(code).toBe(409)
    expect(body.reason).toBe('Conflict')
  })

  it('return secrets sent as stringData in base64', async () => {
    const { body } = await api.request('POST', api.core('secrets'), {
      metadata: { name: 'plain' },
      stringData: { key: 'läuft' },
    })
    expect(body.data.key).toBe(Buffer.from('läuft').toString('base64'))
    expect(body.stringData).toBeUndefined()
    expect(body.type).toBe('Opaque')
  })
})

describe('selectors', () => {
  beforeAll(async () => {
    const labels = [{ tier: 'a', app: 'one' }, { tier: 'b', app: 'two' }, { app: 'three' }]
    for (const [index, one] of labels.entries())
      await api.request(
        'POST',
        api.core('configmaps'),
        configMap(`labelled-${index}`, {}, one as Record<string, string>),
      )
  })
  const named = async (query: string) => {
    const { body } = await api.request('GET', api.core(`configmaps?${query}`))
    return (
      body.items
        ?.map((item: Json) => item.metadata.name)
        .filter((name: string) => name.startsWith('labelled')) ?? body
    )
  }

  it.each([
    ['tier=a', ['labelled-0']],
    ['tier!=a,app', ['labelled-1', 'labelled-2']],
    ['tier in (a,b)', ['labelled-0', 'labelled-1']],
    ['app,tier notin (a)', ['labelled-1', 'labelled-2']],
    ['!tier,app', ['labelled-2']],
    ['tier', ['labelled-0', 'labelled-1']],
  ])('select by labels: %s', async (selector, expected) => {
    expect(await named(`labelSelector=${encodeURIComponent(selector)}`)).toEqual(expected)
  })

  it('select by fields', async () => {
    expect(await named('fieldSelector=metadata.name%3Dlabelled-1')).toEqual(['labelled-1'])
    expect(await named('labelSelector=app&fieldSelector=metadata.name!%3Dlabelled-1')).toEqual([
      'labelled-0',
      'labelled-2',
    ])
  })

  it('are rejected if they cannot be parsed', async () => {
    expect(await named(`labelSelector=${encodeURIComponent('a in b')}`)).toMatchObject({
      code: 400,
      reason: 'BadRequest',
    })
    const only = 'is not a known field selector: only "metadata.name", "metadata.namespace"'
    const messages = {
      [api.core('configmaps')]: `"data.a" ${only}`,
      [api.apps('replicasets')]: `"data.a" ${only}`,
      [api.core('pods')]: 'field label not supported: data.a',
      [api.group('batch/v1', 'jobs')]: 'field label "data.a" not supported for Job',
    }
    for (const [path, message] of Object.entries(messages)) {
      const { body } = await api.request('GET', `${path}?fieldSelector=data.a%3D1`)
      expect(body).toMatchObject({ code: 400, reason: 'BadRequest', message })
    }
  })
})

describe('concurrency', () => {
  it('an update of an old revision conflicts; an update without a change keeps the revision', async () => {
    const { body: created } = await api.request(
      'POST',
      api.core('configmaps'),
      configMap('contended', { a: '1' }),
    )
    const { body: changed } = await api.request('PUT', api.core('configmaps/contended'), {
      ...created,
      data: { a: '2' },
    })
    const late = await api.request('PUT', api.core('configmaps/contended'), { ...created, data: { a: '3' } })
    expect(late.body).toMatchObject({
      code: 409,
      reason: 'Conflict',
      message:
        'Operation cannot be fulfilled on configmaps "contended": the object has been modified; please apply your changes to the latest version and try again',
    })
    const { body: same } = await api.request('PUT', api.core('configmaps/contended'), changed)
    expect(same.metadata.resourceVersion).toBe(changed.metadata.resourceVersion)
  })

  it('concurrent patches are all applied', async () => {
    await api.request('POST', api.core('configmaps'), configMap('crowded'))
    const keys = Array.from({ length: 20 }, (_, index) => `k${index}`)
    await Promise.all(
      keys.map(key => api.request('PATCH', api.core('configmaps/crowded'), { data: { [key]: key } }, MERGE)),
    )
    expect(Object.keys((await api.request('GET', api.core('configmaps/crowded'))).body.data)).toHaveLength(20)
  })
})
