import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Api, connect } from './connect.ts'
import type { Json } from './json.ts'
import {
  BROKEN,
  conditionOf,
  deployment,
  IMAGE,
  isRolledOut,
  MERGE,
  pathOf,
  STRATEGIC,
  setsOf,
} from './sample-deployment.ts'

let api: Api
beforeAll(async () => {
  api = await connect()
})
afterAll(() => api.stop())

const path = (name: string) => pathOf(api, name)
const setImage = (name: string, image: string) =>
  api.request(
    'PATCH',
    path(name),
    { spec: { template: { spec: { containers: [{ name: 'web', image }] } } } },
    STRATEGIC,
  )

describe('a deployment', () => {
  it('becomes available with one replica set, and reports it', async () => {
    await api.request('POST', api.apps('deployments'), deployment('web'))
    const done = await api.until(path('web'), isRolledOut)
    expect(conditionOf(done, 'Available')).toMatchObject({
      status: 'True',
      reason: 'MinimumReplicasAvailable',
    })
    await api.until(
      path('web'),
      object => conditionOf(object, 'Progressing').reason === 'NewReplicaSetAvailable',
    )
    const [set, ...others] = await setsOf(api, 'web')
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
        (await setsOf(api, 'web')).find(
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
    const revisions = (await setsOf(api, 'web')).map(set => [
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

  it('reuses the replica set of an earlier template as the newest revision after a revert', async () => {
    await setImage('web', IMAGE)
    await api.until(path('web'), isRolledOut)
    const sets = await setsOf(api, 'web')
    expect(sets).toHaveLength(2)
    const active = sets.find(set => set.spec.replicas === 3)
    expect(active.metadata.annotations).toMatchObject({
      'deployment.kubernetes.io/revision': '3',
      'deployment.kubernetes.io/revision-history': '1',
    })
  })

  it('scales without a new revision', async () => {
    await api.request('PATCH', `${path('web')}/scale`, { spec: { replicas: 5 } }, MERGE)
    const { metadata } = await api.until(
      path('web'),
      object => isRolledOut(object) && object.spec.replicas === 5,
    )
    expect(metadata.annotations['deployment.kubernetes.io/revision']).toBe('3')
  })

  it('whose new pods never become ready keeps enough old pods and exceeds its deadline', async () => {
    const spec = {
      replicas: 4,
      progressDeadlineSeconds: 2,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } },
    }
    await api.request('POST', api.apps('deployments'), deployment('stuck', spec))
    await api.until(path('stuck'), isRolledOut)
    await setImage('stuck', BROKEN)
    const late = await api.until(
      path('stuck'),
      object => conditionOf(object, 'Progressing')?.status === 'False',
    )
    expect(conditionOf(late, 'Progressing')).toMatchObject({
      reason: 'ProgressDeadlineExceeded',
      message: expect.stringMatching(/^ReplicaSet "stuck-.+" has timed out progressing\.$/),
    })
    expect(conditionOf(late, 'Available').status).toBe('True')
    const counts = (await setsOf(api, 'stuck')).map(set => set.spec.replicas).toSorted()
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

  it('does not roll out while it is paused', async () => {
    await api.request('PATCH', path('solo'), { spec: { paused: true } }, MERGE)
    await setImage('solo', IMAGE)
    await api.until(path('solo'), ({ metadata, status }) => status.observedGeneration === metadata.generation)
    expect(
      (await setsOf(api, 'solo')).find(set => set.spec.replicas === 2).spec.template.spec.containers[0].image,
    ).toContain('3.10')
    await api.request('PATCH', path('solo'), { spec: { paused: false } }, MERGE)
    await api.until(path('solo'), isRolledOut)
    expect(
      (await setsOf(api, 'solo')).find(set => set.spec.replicas === 2).spec.template.spec.containers[0].image,
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
  it('replaces a deleted pod, and records events for both', async () => {
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

  it('keeps the ready pods when it scales down', async () => {
    await api.request('PATCH', `${path('stuck')}/scale`, { spec: { replicas: 1 } }, MERGE)
    const pods = await api.until(
      api.core('pods?labelSelector=app%3Dstuck'),
      list => list.items.filter((pod: Json) => !pod.metadata.deletionTimestamp).length <= 3,
    )
    expect(pods.items.some((pod: Json) => conditionOf(pod, 'Ready')?.status === 'True')).toBe(true)
  })
})

describe('a quota', () => {
  it('rejects objects that exceed it, and the replica set reports the error', async () => {
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
    const failing = await api.until(path('solo'), object => conditionOf(object, 'ReplicaFailure'))
    expect(conditionOf(failing, 'ReplicaFailure')).toMatchObject({
      status: 'True',
      reason: 'FailedCreate',
      message: expect.stringContaining('must specify requests.memory'),
    })
  })
})
