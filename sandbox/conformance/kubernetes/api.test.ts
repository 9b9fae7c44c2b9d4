import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Api, connect, type Json } from './connect.ts'

let api: Api
beforeAll(async () => {
  api = await connect()
})
afterAll(() => api.stop())

const MERGE = { type: 'application/merge-patch+json' }
const STRATEGIC = { type: 'application/strategic-merge-patch+json' }

function configMap(name: string, data: Record<string, string> = {}, labels: Record<string, string> = {}) {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels }, data }
}

function deployment(name: string, change: (object: Json) => void = () => {}) {
  const object = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas: 0,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          containers: [
            {
              name: 'web',
              image: 'registry.example/web:1',
              ports: [{ containerPort: 8080 }],
              env: [{ name: 'A', value: '1' }],
            },
          ],
        },
      },
    },
  }
  change(object)
  return object
}

describe('discovery', () => {
  it('tells its version, its groups and the resources of each', async () => {
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
    expect(resources.find((one: Json) => one.name === 'deployments')).toMatchObject({
      kind: 'Deployment',
      namespaced: true,
      shortNames: ['deploy'],
    })
    expect(resources.find((one: Json) => one.name === 'deployments/scale')).toMatchObject({
      kind: 'Scale',
      group: 'autoscaling',
      version: 'v1',
    })
  })

  it('answers a path that it does not have with a Status of reason NotFound', async () => {
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
  it('are created with identity and read back, and a taken name is a conflict', async () => {
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

  it('get a name out of generateName', async () => {
    const { body } = await api.request('POST', api.core('configmaps'), {
      metadata: { generateName: 'made-' },
    })
    expect(body.metadata.name).toMatch(/^made-[a-z0-9]{5}$/)
  })

  it('carry no kind inside a list, and the list has the revision to watch from', async () => {
    const { body } = await api.request('GET', api.core('configmaps'))
    expect(body).toMatchObject({
      kind: 'ConfigMapList',
      apiVersion: 'v1',
      metadata: { resourceVersion: expect.any(String) },
    })
    expect(body.items[0].kind).toBeUndefined()
  })

  it('come in pages where a limit is asked for', async () => {
    for (const name of ['page-a', 'page-b', 'page-c'])
      await api.request('POST', api.core('configmaps'), configMap(name, {}, { paged: 'yes' }))
    const first = (await api.request('GET', api.core('configmaps?labelSelector=paged&limit=2'))).body
    expect(first.items.map((one: Json) => one.metadata.name)).toEqual(['page-a', 'page-b'])
    const rest = (
      await api.request(
        'GET',
        api.core(
          `configmaps?labelSelector=paged&limit=2&continue=${encodeURIComponent(first.metadata.continue)}`,
        ),
      )
    ).body
    expect(rest.items.map((one: Json) => one.metadata.name)).toEqual(['page-c'])
    expect(rest.metadata.continue ?? '').toBe('')
  })

  it('are deleted, and then they are missing', async () => {
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

  it('that carry a finalizer stay until it is taken off', async () => {
    await api.request('POST', api.core('configmaps'), {
      metadata: { name: 'held', finalizers: ['example.com/hold'] },
    })
    const { body } = await api.request('DELETE', api.core('configmaps/held'))
    expect(body.metadata.deletionTimestamp).toBeDefined()
    expect((await api.request('GET', api.core('configmaps/held'))).code).toBe(200)
    await api.request('PATCH', api.core('configmaps/held'), { metadata: { finalizers: null } }, MERGE)
    expect((await api.request('GET', api.core('configmaps/held'))).code).toBe(404)
  })

  it('are not deleted if a precondition does not hold', async () => {
    await api.request('POST', api.core('configmaps'), configMap('guarded'))
    const { code, body } = await api.request('DELETE', api.core('configmaps/guarded'), {
      preconditions: { uid: '0a000000-0000-4000-8000-000000000000' },
    })
    expect(code).toBe(409)
    expect(body.reason).toBe('Conflict')
  })

  it('show secrets as base64, whatever way they came in', async () => {
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
        ?.map((one: Json) => one.metadata.name)
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
  ])('of labels: %s', async (selector, expected) => {
    expect(await named(`labelSelector=${encodeURIComponent(selector)}`)).toEqual(expected)
  })

  it('of fields', async () => {
    expect(await named('fieldSelector=metadata.name%3Dlabelled-1')).toEqual(['labelled-1'])
    expect(await named('labelSelector=app&fieldSelector=metadata.name!%3Dlabelled-1')).toEqual([
      'labelled-0',
      'labelled-2',
    ])
  })

  it('that can not be read are refused', async () => {
    expect(await named(`labelSelector=${encodeURIComponent('a in b')}`)).toMatchObject({
      code: 400,
      reason: 'BadRequest',
    })
    expect(await named('fieldSelector=data.a%3D1')).toMatchObject({
      code: 400,
      message: expect.stringContaining('field label not supported: data.a'),
    })
  })
})

describe('concurrency', () => {
  it('an update of an old revision is a conflict, an update without a change keeps the revision', async () => {
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

  it('of many patches at once none is lost', async () => {
    await api.request('POST', api.core('configmaps'), configMap('crowded'))
    const keys = Array.from({ length: 20 }, (_, index) => `k${index}`)
    await Promise.all(
      keys.map(key => api.request('PATCH', api.core('configmaps/crowded'), { data: { [key]: key } }, MERGE)),
    )
    expect(Object.keys((await api.request('GET', api.core('configmaps/crowded'))).body.data)).toHaveLength(20)
  })
})

describe('watch', () => {
  it('tells what came, changed and went since a revision, and what began and ceased to match', async () => {
    const { body: list } = await api.request('GET', api.core('configmaps'))
    await api.request('POST', api.core('configmaps'), configMap('watched', {}, { seen: 'yes' }))
    const watch = await api.watch(
      api.core(
        `configmaps?watch=1&labelSelector=seen%3Dyes&resourceVersion=${list.metadata.resourceVersion}`,
      ),
    )
    await api.request('PATCH', api.core('configmaps/watched'), { data: { a: '1' } }, MERGE)
    await api.request(
      'PATCH',
      api.core('configmaps/watched'),
      { metadata: { labels: { seen: 'no' } } },
      MERGE,
    )
    await api.request(
      'PATCH',
      api.core('configmaps/watched'),
      { metadata: { labels: { seen: 'yes' } } },
      MERGE,
    )
    await api.request('DELETE', api.core('configmaps/watched'))
    await expect
      .poll(() => watch.events.map(event => event.type), { timeout: 5_000 })
      .toEqual(['ADDED', 'MODIFIED', 'DELETED', 'ADDED', 'DELETED'])
    expect(watch.events[0]?.object).toMatchObject({
      kind: 'ConfigMap',
      apiVersion: 'v1',
      metadata: { name: 'watched' },
    })
    watch.stop()
  })

  it('without a revision begins with what is there', async () => {
    const watch = await api.watch(api.core('configmaps?watch=1&fieldSelector=metadata.name%3Dfirst'))
    await expect.poll(() => watch.events.length, { timeout: 5_000 }).toBe(1)
    expect(watch.events[0]).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'first' } } })
    watch.stop()
  })

  it('from a revision that is forgotten says so, and the client lists again', async () => {
    const watch = await api.watch(api.core('configmaps?watch=1&resourceVersion=1'))
    await expect.poll(() => watch.events.length, { timeout: 5_000 }).toBe(1)
    expect(watch.events[0]).toMatchObject({
      type: 'ERROR',
      object: { kind: 'Status', code: 410, reason: 'Expired' },
    })
    watch.stop()
  })

  it('ends after the time that was asked for', async () => {
    const { body } = await api.request('GET', api.core('configmaps'))
    const startedAt = Date.now()
    await api
      .request(
        'GET',
        api.core(`configmaps?watch=1&timeoutSeconds=1&resourceVersion=${body.metadata.resourceVersion}`),
        undefined,
        { accept: 'application/json' },
      )
      .catch(() => {})
    expect(Date.now() - startedAt).toBeGreaterThan(900)
  })
})

describe('patches', () => {
  beforeAll(() => api.request('POST', api.apps('deployments'), deployment('patched')))
  const path = () => api.apps('deployments/patched')
  const containerOf = (body: Json) => body.spec.template.spec.containers[0]

  it('strategic merge lists by their keys, delete and replace', async () => {
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
        .env.map((one: Json) => one.name)
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

  it('merge replaces lists as a whole and removes with null', async () => {
    await api.request('PATCH', path(), { metadata: { annotations: { a: '1', b: '2' } } }, MERGE)
    const { body } = await api.request('PATCH', path(), { metadata: { annotations: { a: null } } }, MERGE)
    expect(body.metadata.annotations.a).toBeUndefined()
    expect(body.metadata.annotations.b).toBe('2')
  })

  it('JSON tests before it changes', async () => {
    const type = { type: 'application/json-patch+json' }
    const { body } = await api.request(
      'PATCH',
      path(),
      [{ op: 'replace', path: '/spec/minReadySeconds', value: 3 }].map(one => ({ ...one, op: 'add' })),
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

  it('of an unknown type are refused', async () => {
    expect((await api.request('PATCH', path(), {}, { type: 'application/json' })).code).toBe(415)
  })
})

describe('server-side apply', () => {
  const apply = (manager: string, body: object, query = '') =>
    api.request('PATCH', api.core(`configmaps/applied?fieldManager=${manager}${query}`), body, {
      type: 'application/apply-patch+yaml',
    })

  it('sets what a manager states, takes away what it states no longer, and keeps what others own', async () => {
    const created = await apply('one', configMap('applied', { a: '1', b: '1' }))
    expect(created.code).toBe(201)
    await apply('two', configMap('applied', { c: '2' }))
    const { body } = await apply('one', configMap('applied', { a: '1' }))
    expect(body.data).toEqual({ a: '1', c: '2' })
    expect(body.metadata.managedFields.map((one: Json) => one.manager).toSorted()).toEqual(['one', 'two'])
  })

  it('tells conflicts, and takes the field over when forced', async () => {
    const refused = await apply('two', configMap('applied', { a: '9', c: '2' }))
    expect(refused.code).toBe(409)
    expect(refused.body).toMatchObject({
      reason: 'Conflict',
      details: { causes: [{ reason: 'FieldManagerConflict', field: '.data.a' }] },
    })
    const forced = await apply('two', configMap('applied', { a: '9', c: '2' }), '&force=true')
    expect(forced.body.data.a).toBe('9')
  })
})

describe('dry run', () => {
  it('answers as if it had happened, and nothing has', async () => {
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

describe('defaults', () => {
  it('of a deployment are filled in', async () => {
    const { body } = await api.request(
      'POST',
      api.apps('deployments?dryRun=All'),
      deployment('defaulted', object => {
        object.spec.replicas = undefined
        object.spec.template.spec.containers[0].readinessProbe = { httpGet: { port: 8080 } }
      }),
    )
    expect(body.spec).toMatchObject({
      replicas: 1,
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      template: {
        spec: {
          restartPolicy: 'Always',
          terminationGracePeriodSeconds: 30,
          dnsPolicy: 'ClusterFirst',
          containers: [
            {
              imagePullPolicy: 'IfNotPresent',
              ports: [{ containerPort: 8080, protocol: 'TCP' }],
              readinessProbe: {
                httpGet: { path: '/', port: 8080, scheme: 'HTTP' },
                periodSeconds: 10,
                timeoutSeconds: 1,
                successThreshold: 1,
                failureThreshold: 3,
              },
            },
          ],
        },
      },
    })
    expect(body.metadata.generation).toBe(1)
  })

  it('of a service are filled in, with an address', async () => {
    const { body } = await api.request('POST', api.core('services'), {
      metadata: { name: 'svc' },
      spec: { selector: { app: 'x' }, ports: [{ port: 80 }] },
    })
    expect(body.spec).toMatchObject({
      type: 'ClusterIP',
      sessionAffinity: 'None',
      ports: [{ port: 80, targetPort: 80, protocol: 'TCP' }],
    })
    expect(body.spec.clusterIP).toMatch(/^\d+\.\d+\.\d+\.\d+$/)
  })
})

describe('refusals', () => {
  const refused = async (change: (object: Json) => void) =>
    (await api.request('POST', api.apps('deployments'), deployment('refused', change))).body

  it('name the field that is missing', async () => {
    const body = await refused(object => {
      delete object.spec.template.spec.containers[0].image
    })
    expect(body).toMatchObject({
      kind: 'Status',
      code: 422,
      reason: 'Invalid',
      message: 'Deployment.apps "refused" is invalid: spec.template.spec.containers[0].image: Required value',
      details: {
        name: 'refused',
        group: 'apps',
        kind: 'Deployment',
        causes: [
          {
            reason: 'FieldValueRequired',
            message: 'Required value',
            field: 'spec.template.spec.containers[0].image',
          },
        ],
      },
    })
  })

  it('tell a selector that does not match the template', async () => {
    const body = await refused(object => {
      object.spec.template.metadata.labels = { app: 'other' }
    })
    expect(body.message).toContain('`selector` does not match template `labels`')
  })

  it('tell a selector that is changed', async () => {
    await api.request('POST', api.apps('deployments'), deployment('fixed'))
    const patch = {
      spec: {
        selector: { matchLabels: { app: 'fixed', more: 'x' } },
        template: { metadata: { labels: { more: 'x' } } },
      },
    }
    const { body } = await api.request('PATCH', api.apps('deployments/fixed'), patch, MERGE)
    expect(body).toMatchObject({
      code: 422,
      details: { causes: [{ field: 'spec.selector', reason: 'FieldValueInvalid' }] },
    })
    expect(body.message).toContain('field is immutable')
  })

  it('tell a bad name, a bad port and requests above limits', async () => {
    expect(
      (
        await refused(object => {
          object.metadata.name = 'Bad_Name'
        })
      ).message,
    ).toContain('metadata.name: Invalid value: "Bad_Name"')
    expect(
      (
        await refused(object => {
          object.spec.template.spec.containers[0].ports[0].containerPort = 70000
        })
      ).message,
    ).toContain('must be between 1 and 65535, inclusive')
    const heavy = await refused(object => {
      object.spec.template.spec.containers[0].resources = {
        requests: { memory: '2Gi' },
        limits: { memory: '1Gi' },
      }
    })
    expect(heavy.message).toContain('must be less than or equal to memory limit of 1Gi')
  })

  it('tell a mount of a volume that is not there', async () => {
    const body = await refused(object => {
      object.spec.template.spec.containers[0].volumeMounts = [{ name: 'nowhere', mountPath: '/data' }]
    })
    expect(body.message).toContain(
      'spec.template.spec.containers[0].volumeMounts[0].name: Not found: "nowhere"',
    )
  })

  it('tell unknown fields where the client is strict, and warn where it is not', async () => {
    const odd = deployment('odd', object => {
      object.spec.replicaz = 3
    })
    const strict = await api.request('POST', api.apps('deployments?fieldValidation=Strict'), odd)
    expect(strict.code).toBe(400)
    expect(strict.body.message).toContain('unknown field "spec.replicaz"')
    const lax = await api.request('POST', api.apps('deployments?fieldValidation=Warn&dryRun=All'), odd)
    expect(lax.headers.warning).toContain('unknown field')
    expect(lax.body.spec.replicaz).toBeUndefined()
  })

  it('tell a value of a wrong type', async () => {
    const body = await refused(object => {
      object.spec.replicas = 'three'
    })
    expect(body).toMatchObject({ code: 400, reason: 'BadRequest' })
    expect(body.message).toContain('cannot unmarshal string into Go struct field')
  })

  it('tell a namespace that is not there', async () => {
    const { body } = await api.request(
      'POST',
      '/api/v1/namespaces/nowhere-at-all/configmaps',
      configMap('lost'),
    )
    expect(body).toMatchObject({ code: 404, message: 'namespaces "nowhere-at-all" not found' })
  })

  it('tell who may not come in', async () => {
    const { body } = await api.request('GET', '/api/v1/namespaces', undefined, { token: 'wrong' })
    expect(body).toMatchObject({ code: 401, reason: 'Unauthorized', message: 'Unauthorized' })
  })
})

describe('tables', () => {
  it('have the columns that kubectl prints', async () => {
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json'
    const { body } = await api.request('GET', api.apps('deployments'), undefined, { accept })
    expect(body.kind).toBe('Table')
    expect(
      body.columnDefinitions.filter((one: Json) => one.priority === 0).map((one: Json) => one.name),
    ).toEqual(['Name', 'Ready', 'Up-to-date', 'Available', 'Age'])
    const row = body.rows.find((one: Json) => one.cells[0] === 'fixed')
    expect(row.cells.slice(1, 4)).toEqual(['0/0', 0, 0])
    expect(row.object).toMatchObject({ kind: 'PartialObjectMetadata', metadata: { name: 'fixed' } })
  })
})

describe('scale', () => {
  it('is read and written as an object of its own', async () => {
    await api.request('POST', api.apps('deployments'), deployment('scaled'))
    const path = api.apps('deployments/scaled/scale')
    const { body } = await api.request('GET', path)
    expect(body).toMatchObject({
      kind: 'Scale',
      apiVersion: 'autoscaling/v1',
      spec: {},
      status: { selector: 'app=scaled' },
    })
    const { body: patched } = await api.request('PATCH', path, { spec: { replicas: 1 } }, MERGE)
    expect(patched.spec.replicas).toBe(1)
    expect((await api.request('GET', api.apps('deployments/scaled'))).body.spec.replicas).toBe(1)
  })
})

describe('other versions of a kind', () => {
  it('show the same autoscaler', async () => {
    const spec = {
      scaleTargetRef: { kind: 'Deployment', name: 'scaled', apiVersion: 'apps/v1' },
      maxReplicas: 4,
      targetCPUUtilizationPercentage: 70,
    }
    await api.request('POST', api.group('autoscaling/v1', 'horizontalpodautoscalers'), {
      metadata: { name: 'seen' },
      spec,
    })
    const { body } = await api.request('GET', api.group('autoscaling/v2', 'horizontalpodautoscalers/seen'))
    expect(body.spec).toMatchObject({
      minReplicas: 1,
      metrics: [{ resource: { name: 'cpu', target: { averageUtilization: 70 } } }],
    })
    const { body: patched } = await api.request(
      'PATCH',
      api.group('autoscaling/v1', 'horizontalpodautoscalers/seen'),
      { spec: { maxReplicas: 5 } },
      MERGE,
    )
    expect(patched).toMatchObject({
      apiVersion: 'autoscaling/v1',
      spec: { maxReplicas: 5, targetCPUUtilizationPercentage: 70 },
    })
  })

  it('show the same event', async () => {
    const event = {
      metadata: { name: 'note' },
      involvedObject: { kind: 'Pod', name: 'p', namespace: api.namespace },
      message: 'it happened',
      reason: 'Test',
      type: 'Normal',
      reportingComponent: 'suite',
      count: 2,
    }
    await api.request('POST', api.core('events'), event)
    const { body } = await api.request('GET', api.group('events.k8s.io/v1', 'events/note'))
    expect(body).toMatchObject({
      apiVersion: 'events.k8s.io/v1',
      note: 'it happened',
      regarding: { name: 'p' },
      reportingController: 'suite',
      deprecatedCount: 2,
    })
    const { body: list } = await api.request(
      'GET',
      api.group('events.k8s.io/v1', 'events?fieldSelector=regarding.name%3Dp'),
    )
    expect(list.items.map((one: Json) => one.metadata.name)).toEqual(['note'])
  })
})

describe('access', () => {
  it('is told to whoever asks for themselves', async () => {
    const review = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: { verb: 'create', resource: 'pods', namespace: api.namespace } },
    }
    const { body } = await api.request(
      'POST',
      '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
      review,
    )
    expect(body.status.allowed).toBe(true)
  })

  it('of a reader ends at writing', async context => {
    if (api.isReal) context.skip()
    const options = { token: api.readerToken }
    expect((await api.request('GET', api.core('configmaps'), undefined, options)).code).toBe(200)
    const { body } = await api.request('POST', api.core('configmaps'), configMap('unwanted'), options)
    expect(body).toMatchObject({ code: 403, reason: 'Forbidden' })
    expect(body.message).toBe(
      `configmaps is forbidden: User "reader" cannot create resource "configmaps" in API group "" in the namespace "${api.namespace}"`,
    )
  })
})
