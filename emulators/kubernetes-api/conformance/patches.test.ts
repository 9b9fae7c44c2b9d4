import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Api, connect } from './connect.ts'
import type { Json } from './json.ts'
import { configMap, deployment } from './manifests.ts'

let api: Api
beforeAll(async () => {
  api = await connect()
  await api.request('POST', api.core('configmaps'), configMap('first', { a: '1' }))
})
afterAll(() => api.stop())

const MERGE = { type: 'application/merge-patch+json' }
const STRATEGIC = { type: 'application/strategic-merge-patch+json' }

describe('patches', () => {
  beforeAll(() => api.request('POST', api.apps('deployments'), deployment('patched')))
  const path = () => api.apps('deployments/patched')
  const containerOf = (body: Json) => body.spec.template.spec.containers[0]

  it('strategic merge merges lists by key, and honours the delete and replace directives', async () => {
    const container = (change: object) => ({
      spec: { template: { spec: { containers: [{ name: 'web', ...change }] } } },
    })
    const added = await api.request(
      'PATCH',
      path(),
      container({ env: [{ name: 'B', value: '2' }] }),
      STRATEGIC,
    )
    expect(
      containerOf(added.body)
        .env.map((variable: Json) => variable.name)
        .toSorted(),
    ).toEqual(['A', 'B'])
    expect(containerOf(added.body).image).toBe('registry.example/web:1')
    const removed = await api.request(
      'PATCH',
      path(),
      container({ env: [{ name: 'A', $patch: 'delete' }] }),
      STRATEGIC,
    )
    expect(containerOf(removed.body).env).toEqual([{ name: 'B', value: '2' }])
    const replaced = await api.request(
      'PATCH',
      path(),
      container({ env: [{ $patch: 'replace' }, { name: 'C', value: '3' }] }),
      STRATEGIC,
    )
    expect(containerOf(replaced.body).env).toEqual([{ name: 'C', value: '3' }])
  })

  it('merge patch keeps other fields and removes with null', async () => {
    await api.request('PATCH', path(), { metadata: { annotations: { a: '1', b: '2' } } }, MERGE)
    const { body } = await api.request('PATCH', path(), { metadata: { annotations: { a: null } } }, MERGE)
    expect(body.metadata.annotations.a).toBeUndefined()
    expect(body.metadata.annotations.b).toBe('2')
  })

  it('JSON patch applies nothing if a test operation fails', async () => {
    const type = { type: 'application/json-patch+json' }
    const { body } = await api.request(
      'PATCH',
      path(),
      [{ op: 'replace', path: '/spec/minReadySeconds', value: 3 }].map(operation => ({
        ...operation,
        op: 'add',
      })),
      type,
    )
    expect(body.spec.minReadySeconds).toBe(3)
    const stale = await api.request(
      'PATCH',
      path(),
      [
        { op: 'test', path: '/metadata/resourceVersion', value: '1' },
        { op: 'remove', path: '/spec/minReadySeconds' },
      ],
      type,
    )
    expect(stale.code).toBe(422)
    expect((await api.request('GET', path())).body.spec.minReadySeconds).toBe(3)
  })

  it('of an unknown type are rejected', async () => {
    expect((await api.request('PATCH', path(), {}, { type: 'application/json' })).code).toBe(415)
  })
})

describe('server-side apply', () => {
  const apply = (manager: string, body: object, query = '') =>
    api.request('PATCH', api.core(`configmaps/applied?fieldManager=${manager}${query}`), body, {
      type: 'application/apply-patch+yaml',
    })

  it('sets the fields of the configuration, removes those no longer in it, and keeps those of other managers', async () => {
    const created = await apply('one', configMap('applied', { a: '1', b: '1' }))
    expect(created.code).toBe(201)
    await apply('two', configMap('applied', { c: '2' }))
    const { body } = await apply('one', configMap('applied', { a: '1' }))
    expect(body.data).toEqual({ a: '1', c: '2' })
    expect(body.metadata.managedFields.map((field: Json) => field.manager).toSorted()).toEqual(['one', 'two'])
  })

  it('reports conflicts, and takes over the field by force', async () => {
    const refused = await apply('two', configMap('applied', { a: '9', c: '2' }))
    expect(refused.code).toBe(409)
    expect(refused.body).toMatchObject({
      reason: 'Conflict',
      details: { causes: [{ reason: 'FieldManagerConflict', field: '.data.a' }] },
    })
    const forced = await apply('two', configMap('applied', { a: '9', c: '2' }), '&force=true')
    expect(forced.body.data.a).toBe('9')
  })

  it('owns an empty map that is not stored, so that the same from another manager conflicts', async () => {
    const labelled = { ...configMap('applied', { d: '1' }), metadata: { name: 'applied', labels: {} } }
    expect((await apply('three', labelled)).body.metadata.labels).toBeUndefined()
    const { body } = await apply('four', { ...labelled, data: { e: '1' } })
    expect(body).toMatchObject({ code: 409, details: { causes: [{ field: '.metadata.labels' }] } })
    expect((await apply('three', labelled)).code).toBe(200)
  })

  it('shares an empty struct, which is stored', async () => {
    const pod = { volumes: [{ name: 'scratch', emptyDir: {} }] }
    const change = (object: Json) => Object.assign(object.spec.template.spec, pod)
    const write = (manager: string) =>
      api.request(
        'PATCH',
        `${api.apps('deployments/structs')}?fieldManager=${manager}`,
        deployment('structs', change),
        {
          type: 'application/apply-patch+yaml',
        },
      )
    expect((await write('one')).code).toBe(201)
    expect((await write('two')).code).toBe(200)
  })
})

describe('the manager of a field', () => {
  const path = () => api.core('configmaps/managed')
  const managers = async () =>
    (await api.request('GET', path())).body.metadata.managedFields.map((field: Json) => [
      field.manager,
      field.operation,
      Object.keys(field.fieldsV1['f:data'] ?? {})
        .filter(key => key !== '.')
        .toSorted(),
    ])
  const apply = (body: object, query = '') =>
    api.request('PATCH', `${path()}?fieldManager=applier${query}`, body, {
      type: 'application/apply-patch+yaml',
    })

  it('is the client that created or last changed it; an apply of another value conflicts', async () => {
    await api.request(
      'POST',
      api.core('configmaps?fieldManager=creator'),
      configMap('managed', { a: '1', b: '1' }),
    )
    await api.request('PATCH', `${path()}?fieldManager=patcher`, { data: { b: '2' } }, MERGE)
    expect(await managers()).toEqual([
      ['creator', 'Update', ['f:a']],
      ['patcher', 'Update', ['f:b']],
    ])
    const { body } = await apply(configMap('managed', { a: '9', b: '9' }))
    expect(body).toMatchObject({ code: 409, reason: 'Conflict' })
    expect(body.message).toMatch(
      /^Apply failed with 2 conflicts: conflicts with "creator" using v1.*:\n- \.data\.a\nconflicts with "patcher" using v1.*:\n- \.data\.b$/,
    )
  })

  it('is shared if the values are equal, and replaced by force', async () => {
    expect((await apply(configMap('managed', { a: '1' }))).code).toBe(200)
    await apply(configMap('managed', { a: '1', b: '9' }), '&force=true')
    expect(await managers()).toEqual(
      expect.arrayContaining([
        ['creator', 'Update', ['f:a']],
        ['applier', 'Apply', ['f:a', 'f:b']],
      ]),
    )
  })

  it('loses the field when another client changes it, and then gets a conflict', async () => {
    await api.request('PATCH', `${path()}?fieldManager=patcher`, { data: { b: '5' } }, MERGE)
    const { body } = await apply(configMap('managed', { a: '1', b: '9' }))
    expect(body.details.causes).toMatchObject([{ reason: 'FieldManagerConflict', field: '.data.b' }])
    expect(body.message).toMatch(
      /^Apply failed with 1 conflict: conflict with "patcher" using v1.*: \.data\.b$/,
    )
  })
})

describe('dry run', () => {
  it('responds like the real write, and stores nothing', async () => {
    const created = await api.request('POST', api.apps('deployments?dryRun=All'), deployment('imagined'))
    expect(created.code).toBe(201)
    expect(created.body.spec.strategy.rollingUpdate.maxSurge).toBe('25%')
    expect((await api.request('GET', api.apps('deployments/imagined'))).code).toBe(404)
    const patched = await api.request(
      'PATCH',
      api.core('configmaps/first?dryRun=All'),
      { data: { a: 'other' } },
      MERGE,
    )
    expect(patched.body.data.a).toBe('other')
    expect((await api.request('GET', api.core('configmaps/first'))).body.data.a).toBe('1')
    await api.request('DELETE', api.core('configmaps/first?dryRun=All'))
    expect((await api.request('GET', api.core('configmaps/first'))).code).toBe(200)
  })
})
