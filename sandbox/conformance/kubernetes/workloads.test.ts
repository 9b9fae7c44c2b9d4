import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Api, connect, type Json } from './connect.ts'

let api: Api
beforeAll(async () => {
  api = await connect()
})
afterAll(() => api.stop())

const MERGE = { type: 'application/merge-patch+json' }
const STRATEGIC = { type: 'application/strategic-merge-patch+json' }
/** An image that any cluster can pull and that keeps running. */
const IMAGE = 'registry.k8s.io/pause:3.9'
const BROKEN = 'registry.k8s.io/pause:broken'

function deployment(name: string, spec: Json = {}, image = IMAGE) {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          terminationGracePeriodSeconds: 1,
          containers: [{ name: 'web', image, ports: [{ name: 'http', containerPort: 8080 }] }],
        },
      },
      ...spec,
    },
  }
}

const path = (name: string) => api.apps(`deployments/${name}`)
const setsOf = async (name: string): Promise<Json[]> =>
  (await api.request('GET', api.apps(`replicasets?labelSelector=app%3D${name}`))).body.items
const conditionOf = (object: Json, type: string) =>
  object.status.conditions?.find((one: Json) => one.type === type)
const setImage = (name: string, image: string) =>
  api.request(
    'PATCH',
    path(name),
    { spec: { template: { spec: { containers: [{ name: 'web', image }] } } } },
    STRATEGIC,
  )
const isRolledOut = ({ metadata, spec, status }: Json) =>
  status.observedGeneration >= metadata.generation &&
  status.updatedReplicas === spec.replicas &&
  status.availableReplicas === spec.replicas &&
  status.replicas === spec.replicas

describe('a deployment', () => {
  it('becomes available through one replica set, and says so', async () => {
    await api.request('POST', api.apps('deployments'), deployment('web'))
    const done = await api.until(path('web'), isRolledOut)
    expect(conditionOf(done, 'Available')).toMatchObject({
      status: 'True',
      reason: 'MinimumReplicasAvailable',
    })
    await api.until(path('web'), one => conditionOf(one, 'Progressing').reason === 'NewReplicaSetAvailable')
    const [set, ...others] = await setsOf('web')
    expect(others).toEqual([])
    expect(set.metadata.name).toBe(`web-${set.metadata.labels['pod-template-hash']}`)
    expect(set.metadata.annotations['deployment.kubernetes.io/revision']).toBe('1')
    expect(set.metadata.ownerReferences).toMatchObject([
      { kind: 'Deployment', name: 'web', controller: true },
    ])
    expect(set.spec.selector.matchLabels['pod-template-hash']).toBe(set.metadata.labels['pod-template-hash'])
  })

  it('rolls out a new template within surge and unavailability, as a second revision', async () => {
    const { body: before } = await api.request('GET', path('web'))
    const watch = await api.watch(
      api.apps(
        `replicasets?watch=1&labelSelector=app%3Dweb&resourceVersion=${before.metadata.resourceVersion}`,
      ),
    )
    await setImage('web', 'registry.k8s.io/pause:3.10')
    await api.until(path('web'), isRolledOut)
    const isDone = ({ object }: Json) =>
      object.metadata.annotations['deployment.kubernetes.io/revision'] === '2' &&
      object.status.availableReplicas === 3
    await expect.poll(() => watch.events.some(isDone), { timeout: 5_000 }).toBe(true)
    watch.stop()
    const wanted = new Map<string, number>([
      [
        (await setsOf('web')).find(
          set => set.metadata.annotations['deployment.kubernetes.io/revision'] === '1',
        ).metadata.name,
        3,
      ],
    ])
    let [most, seen] = [3, 0]
    for (const { object } of watch.events) {
      wanted.set(object.metadata.name, object.spec.replicas)
      seen++
      most = Math.max(
        most,
        [...wanted.values()].reduce((sum, count) => sum + count, 0),
      )
    }
    expect(seen).toBeGreaterThan(3)
    // Three replicas and 25 % surge, rounded up.
    expect(most).toBe(4)
    const revisions = (await setsOf('web')).map(set => [
      set.metadata.annotations['deployment.kubernetes.io/revision'],
      set.spec.replicas,
    ])
    expect(revisions.toSorted()).toEqual([
      ['1', 0],
      ['2', 3],
    ])
    expect(
      (await api.request('GET', path('web'))).body.metadata.annotations['deployment.kubernetes.io/revision'],
    ).toBe('2')
  })

  it('that returns to an earlier template reuses its replica set as the newest revision', async () => {
    await setImage('web', IMAGE)
    await api.until(path('web'), isRolledOut)
    const sets = await setsOf('web')
    expect(sets).toHaveLength(2)
    const active = sets.find(set => set.spec.replicas === 3)
    expect(active.metadata.annotations).toMatchObject({
      'deployment.kubernetes.io/revision': '3',
      'deployment.kubernetes.io/revision-history': '1',
    })
  })

  it('scales without a new revision', async () => {
    await api.request('PATCH', `${path('web')}/scale`, { spec: { replicas: 5 } }, MERGE)
    const { metadata } = await api.until(path('web'), one => isRolledOut(one) && one.spec.replicas === 5)
    expect(metadata.annotations['deployment.kubernetes.io/revision']).toBe('3')
  })

  it('whose new pods never become ready stops within its bounds and exceeds its deadline', async () => {
    const spec = {
      replicas: 4,
      progressDeadlineSeconds: 2,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } },
    }
    await api.request('POST', api.apps('deployments'), deployment('stuck', spec))
    await api.until(path('stuck'), isRolledOut)
    await setImage('stuck', BROKEN)
    const late = await api.until(path('stuck'), one => conditionOf(one, 'Progressing')?.status === 'False')
    expect(conditionOf(late, 'Progressing')).toMatchObject({
      reason: 'ProgressDeadlineExceeded',
      message: expect.stringMatching(/^ReplicaSet "stuck-.+" has timed out progressing\.$/),
    })
    expect(conditionOf(late, 'Available').status).toBe('True')
    const counts = (await setsOf('stuck')).map(set => set.spec.replicas).toSorted()
    expect(counts).toEqual([2, 3])
  })

  it('of strategy Recreate never has pods of two revisions', async () => {
    await api.request(
      'POST',
      api.apps('deployments'),
      deployment('solo', { replicas: 2, strategy: { type: 'Recreate' } }),
    )
    await api.until(path('solo'), isRolledOut)
    const { body: list } = await api.request('GET', api.core('pods?labelSelector=app%3Dsolo'))
    const watch = await api.watch(
      api.core(`pods?watch=1&labelSelector=app%3Dsolo&resourceVersion=${list.metadata.resourceVersion}`),
    )
    await setImage('solo', 'registry.k8s.io/pause:3.10')
    await api.until(path('solo'), isRolledOut)
    const order = () => watch.events.map(event => event.type).filter(type => type !== 'MODIFIED')
    await expect.poll(order, { timeout: 5_000 }).toEqual(['DELETED', 'DELETED', 'ADDED', 'ADDED'])
    watch.stop()
  })

  it('that is paused does not roll out until it is resumed', async () => {
    await api.request('PATCH', path('solo'), { spec: { paused: true } }, MERGE)
    await setImage('solo', IMAGE)
    await api.until(path('solo'), ({ metadata, status }) => status.observedGeneration === metadata.generation)
    expect(
      (await setsOf('solo')).find(set => set.spec.replicas === 2).spec.template.spec.containers[0].image,
    ).toContain('3.10')
    await api.request('PATCH', path('solo'), { spec: { paused: false } }, MERGE)
    await api.until(path('solo'), isRolledOut)
    expect(
      (await setsOf('solo')).find(set => set.spec.replicas === 2).spec.template.spec.containers[0].image,
    ).toBe(IMAGE)
  })

  it('keeps no more old replica sets than its history limit', async () => {
    await api.request(
      'POST',
      api.apps('deployments'),
      deployment('brief', { replicas: 1, revisionHistoryLimit: 1 }),
    )
    for (const tag of ['3.8', '3.7', '3.6']) {
      await api.until(path('brief'), isRolledOut)
      await setImage('brief', `registry.k8s.io/pause:${tag}`)
    }
    await api.until(path('brief'), isRolledOut)
    await api.until(api.apps('replicasets?labelSelector=app%3Dbrief'), body => body.items.length === 2)
  })
})

describe('a replica set', () => {
  it('replaces a pod that is deleted, and tells both in events', async () => {
    const { body } = await api.request('GET', api.core('pods?labelSelector=app%3Dsolo'))
    const [victim] = body.items
    await api.request('DELETE', api.core(`pods/${victim.metadata.name}`))
    await api.until(path('solo'), isRolledOut)
    const names = (
      await api.until(api.core('pods?labelSelector=app%3Dsolo'), list => list.items.length === 2)
    ).items.map((pod: Json) => pod.metadata.name)
    expect(names).not.toContain(victim.metadata.name)
    const { body: events } = await api.request(
      'GET',
      api.core('events?fieldSelector=reason%3DSuccessfulCreate,involvedObject.kind%3DReplicaSet'),
    )
    expect(
      events.items.some((event: Json) =>
        names.some((name: string) => event.message === `Created pod: ${name}`),
      ),
    ).toBe(true)
  })

  it('keeps the pods that serve when it shrinks', async () => {
    await api.request('PATCH', `${path('stuck')}/scale`, { spec: { replicas: 1 } }, MERGE)
    const pods = await api.until(
      api.core('pods?labelSelector=app%3Dstuck'),
      list => list.items.filter((pod: Json) => !pod.metadata.deletionTimestamp).length <= 3,
    )
    expect(pods.items.some((pod: Json) => conditionOf(pod, 'Ready')?.status === 'True')).toBe(true)
  })
})

describe('a service', () => {
  it('has the ready pods of its selector as endpoints, by the name of their port', async () => {
    await api.request('POST', api.core('services'), {
      metadata: { name: 'web' },
      spec: { selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
    })
    const ready = await api.until(
      api.core('endpoints/web'),
      body => body.subsets?.[0]?.addresses?.length === 5,
    )
    expect(ready.subsets[0].ports).toEqual([{ name: 'http', port: 8080, protocol: 'TCP' }])
    expect(ready.subsets[0].addresses[0].targetRef).toMatchObject({ kind: 'Pod', namespace: api.namespace })
    const slices = await api.until(
      api.group('discovery.k8s.io/v1', 'endpointslices?labelSelector=kubernetes.io%2Fservice-name%3Dweb'),
      body => body.items[0]?.endpoints?.length === 5,
    )
    expect(slices.items[0].endpoints[0].conditions.ready).toBe(true)
  })

  it('with a port that no pod has by that name has no endpoints', async () => {
    await api.request('POST', api.core('services'), {
      metadata: { name: 'astray' },
      spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'nothing' }] },
    })
    const { subsets } = await api.until(api.core('endpoints/astray'), body => body.kind === 'Endpoints')
    expect(subsets ?? []).toEqual([])
  })

  it('lists pods that are not ready apart', async () => {
    await api.request('POST', api.apps('deployments'), deployment('sick', { replicas: 1 }, BROKEN))
    await api.request('POST', api.core('services'), {
      metadata: { name: 'sick' },
      spec: { selector: { app: 'sick' }, ports: [{ port: 80 }] },
    })
    if (api.isReal) return
    const { subsets } = await api.until(
      api.core('endpoints/sick'),
      body => body.subsets?.[0]?.notReadyAddresses?.length === 1,
    )
    expect(subsets[0].addresses).toBeUndefined()
  })

  it('without a selector keeps the endpoints that somebody wrote', async () => {
    await api.request('POST', api.core('services'), {
      metadata: { name: 'outside' },
      spec: { ports: [{ port: 5432 }] },
    })
    await api.request('POST', api.core('endpoints'), {
      metadata: { name: 'outside' },
      subsets: [{ addresses: [{ ip: '192.0.2.7' }], ports: [{ port: 5432 }] }],
    })
    const slices = await api.until(
      api.group('discovery.k8s.io/v1', 'endpointslices?labelSelector=kubernetes.io%2Fservice-name%3Doutside'),
      body => body.items.length === 1,
    )
    expect(slices.items[0].endpoints[0].addresses).toEqual(['192.0.2.7'])
    expect((await api.request('GET', api.core('endpoints/outside'))).body.subsets[0].addresses).toEqual([
      { ip: '192.0.2.7' },
    ])
  })
})

describe('a pod', () => {
  it('that fits on no node says why', async () => {
    await api.request('POST', api.core('pods'), {
      metadata: { name: 'huge' },
      spec: { containers: [{ name: 'web', image: IMAGE, resources: { requests: { memory: '900Ti' } } }] },
    })
    const pod = await api.until(
      api.core('pods/huge'),
      one => conditionOf(one, 'PodScheduled')?.status === 'False',
    )
    expect(conditionOf(pod, 'PodScheduled')).toMatchObject({
      reason: 'Unschedulable',
      message: expect.stringMatching(/^0\/\d+ nodes are available: .*Insufficient memory/),
    })
    const events = await api.until(
      api.core('events?fieldSelector=involvedObject.name%3Dhuge'),
      body => body.items.length > 0,
    )
    expect(events.items[0]).toMatchObject({ type: 'Warning', reason: 'FailedScheduling' })
  })

  it('can not be moved or changed once it is there', async () => {
    const { body } = await api.request(
      'PATCH',
      api.core('pods/huge'),
      { spec: { restartPolicy: 'Never' } },
      MERGE,
    )
    expect(body).toMatchObject({ code: 422, reason: 'Invalid' })
    expect(body.message).toContain('pod updates may not change fields other than')
  })

  it('is evicted only as far as its disruption budget goes', async () => {
    await api.request('POST', api.group('policy/v1', 'poddisruptionbudgets'), {
      metadata: { name: 'web' },
      spec: { minAvailable: 5, selector: { matchLabels: { app: 'web' } } },
    })
    await api.until(
      api.group('policy/v1', 'poddisruptionbudgets/web'),
      body => body.status?.currentHealthy === 5,
    )
    const name = (await api.request('GET', api.core('pods?labelSelector=app%3Dweb'))).body.items[0].metadata
      .name
    const evict = () =>
      api.request('POST', api.core(`pods/${name}/eviction`), {
        apiVersion: 'policy/v1',
        kind: 'Eviction',
        metadata: { name },
      })
    expect((await evict()).body).toMatchObject({
      code: 429,
      reason: 'TooManyRequests',
      message: "Cannot evict pod as it would violate the pod's disruption budget.",
    })
    await api.request(
      'PATCH',
      api.group('policy/v1', 'poddisruptionbudgets/web'),
      { spec: { minAvailable: 3 } },
      MERGE,
    )
    await api.until(
      api.group('policy/v1', 'poddisruptionbudgets/web'),
      body => body.status.disruptionsAllowed === 2,
    )
    expect((await evict()).code).toBe(201)
  })
})

describe('a stateful set', () => {
  const spec = {
    replicas: 3,
    serviceName: 'db',
    selector: { matchLabels: { app: 'db' } },
    template: {
      metadata: { labels: { app: 'db' } },
      spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'web', image: IMAGE }] },
    },
  }

  it('brings its pods up one after the other, by number', async () => {
    await api.request('POST', api.apps('statefulsets'), { metadata: { name: 'db' }, spec })
    await api.until(api.apps('statefulsets/db'), body => body.status.readyReplicas === 3)
    const { items } = (await api.request('GET', api.core('pods?labelSelector=app%3Ddb'))).body
    expect(items.map((pod: Json) => pod.metadata.name)).toEqual(['db-0', 'db-1', 'db-2'])
    const times = items.map((pod: Json) => Number(pod.metadata.creationTimestamp.replaceAll(/\D/g, '')))
    expect(times).toEqual(times.toSorted())
  })

  it('updates from the highest number, and goes down from there', async () => {
    await api.request(
      'PATCH',
      api.apps('statefulsets/db'),
      {
        spec: { template: { spec: { containers: [{ name: 'web', image: 'registry.k8s.io/pause:3.10' }] } } },
      },
      STRATEGIC,
    )
    const done = await api.until(
      api.apps('statefulsets/db'),
      ({ status }) =>
        status.currentRevision === status.updateRevision &&
        status.updatedReplicas === 3 &&
        status.readyReplicas === 3,
    )
    expect(done.status.currentRevision).toMatch(/^db-/)
    await api.request('PATCH', api.apps('statefulsets/db/scale'), { spec: { replicas: 1 } }, MERGE)
    const { items } = await api.until(
      api.core('pods?labelSelector=app%3Ddb'),
      body => body.items.length === 1,
    )
    expect(items[0].metadata.name).toBe('db-0')
  })
})

describe('a job', () => {
  it('is complete when its pod has succeeded, and failed when too many have not', async context => {
    if (api.isReal) context.skip()
    const job = (name: string, spec = {}) => ({
      metadata: { name },
      spec: {
        template: { spec: { restartPolicy: 'Never', containers: [{ name: 'web', image: IMAGE }] } },
        ...spec,
      },
    })
    const end = async (name: string, phase: string) => {
      const { items } = await api.until(
        api.core(`pods?labelSelector=job-name%3D${name}`),
        body => body.items[0]?.status.phase === 'Running',
      )
      await api.request(
        'PATCH',
        api.core(`pods/${items[0].metadata.name}/status`),
        { status: { phase } },
        MERGE,
      )
    }
    await api.request('POST', api.group('batch/v1', 'jobs'), job('good'))
    await end('good', 'Succeeded')
    const good = await api.until(api.group('batch/v1', 'jobs/good'), body => body.status.conditions)
    expect(good.status).toMatchObject({
      succeeded: 1,
      conditions: [{ type: 'Complete', status: 'True' }],
      completionTime: expect.any(String),
    })
    await api.request('POST', api.group('batch/v1', 'jobs'), job('bad', { backoffLimit: 0 }))
    await end('bad', 'Failed')
    const bad = await api.until(api.group('batch/v1', 'jobs/bad'), body => body.status.conditions)
    expect(bad.status).toMatchObject({
      failed: 1,
      conditions: [{ type: 'Failed', reason: 'BackoffLimitExceeded' }],
    })
  })
})

describe('deletion', () => {
  const make = async (name: string) => {
    await api.request('POST', api.apps('deployments'), deployment(name, { replicas: 1 }))
    await api.until(path(name), isRolledOut)
  }
  const podCount = (count: number) => (body: Json) => body.items.length === count

  it('in the background takes the dependents along', async () => {
    await make('background')
    await api.request('DELETE', path('background'), { propagationPolicy: 'Background' })
    expect((await api.request('GET', path('background'))).code).toBe(404)
    await api.until(api.core('pods?labelSelector=app%3Dbackground'), podCount(0))
    expect(await setsOf('background')).toEqual([])
  })

  it('in the foreground waits for the dependents', async () => {
    await make('foreground')
    const { body } = await api.request('DELETE', path('foreground'), { propagationPolicy: 'Foreground' })
    expect(body.metadata.finalizers).toEqual(['foregroundDeletion'])
    await api.until(path('foreground'), one => one.code === 404)
    expect((await api.request('GET', api.core('pods?labelSelector=app%3Dforeground'))).body.items).toEqual([])
  })

  it('can leave orphans', async () => {
    await make('parent')
    await api.request('DELETE', path('parent'), { propagationPolicy: 'Orphan' })
    await api.until(path('parent'), one => one.code === 404)
    const [set] = await setsOf('parent')
    expect(set.metadata.ownerReferences).toBeUndefined()
    expect((await api.request('GET', api.core('pods?labelSelector=app%3Dparent'))).body.items).toHaveLength(1)
  })

  it('of a namespace empties it first', async () => {
    const name = `${api.namespace}-away`
    await api.request('POST', '/api/v1/namespaces', { metadata: { name } })
    await api.request('POST', `/api/v1/namespaces/${name}/configmaps`, {
      metadata: { name: 'inside', finalizers: ['example.com/hold'] },
    })
    await api.request('DELETE', `/api/v1/namespaces/${name}`)
    const body = await api.until(`/api/v1/namespaces/${name}`, one => one.status?.phase === 'Terminating')
    expect(body.metadata.deletionTimestamp).toBeDefined()
    const late = await api.request('POST', `/api/v1/namespaces/${name}/configmaps`, {
      metadata: { name: 'late' },
    })
    expect(late.code).toBe(403)
    await api.until(`/api/v1/namespaces/${name}/configmaps/inside`, one => one.metadata.deletionTimestamp)
    await api.request(
      'PATCH',
      `/api/v1/namespaces/${name}/configmaps/inside`,
      { metadata: { finalizers: null } },
      MERGE,
    )
    await api.until(`/api/v1/namespaces/${name}`, one => one.code === 404)
  })
})

describe('a quota', () => {
  it('refuses what exceeds it, and the replica set tells', async () => {
    await api.request('POST', api.core('resourcequotas'), {
      metadata: { name: 'tight' },
      spec: { hard: { 'count/deployments.apps': '0', 'requests.memory': '1Mi' } },
    })
    await api.until(api.core('resourcequotas/tight'), body => body.status?.hard)
    const { body } = await api.request('POST', api.apps('deployments'), deployment('surplus'))
    expect(body).toMatchObject({
      code: 403,
      reason: 'Forbidden',
      message: expect.stringContaining('exceeded quota: tight, requested: count/deployments.apps=1'),
    })
    await api.request('PATCH', `${path('solo')}/scale`, { spec: { replicas: 6 } }, MERGE)
    const told = await api.until(path('solo'), one => conditionOf(one, 'ReplicaFailure'))
    expect(conditionOf(told, 'ReplicaFailure')).toMatchObject({
      status: 'True',
      reason: 'FailedCreate',
      message: expect.stringContaining('must specify requests.memory'),
    })
  })
})
