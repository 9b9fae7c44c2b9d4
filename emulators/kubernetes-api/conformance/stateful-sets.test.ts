import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Api, connect } from './connect.ts'
import type { Json } from './json.ts'
import { IMAGE, MERGE, STRATEGIC } from './sample-deployment.ts'

let api: Api
beforeAll(async () => {
  api = await connect()
})
afterAll(() => api.stop())

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

  it('starts its pods in order, by ordinal', async () => {
    await api.request('POST', api.apps('statefulsets'), { metadata: { name: 'db' }, spec })
    await api.until(api.apps('statefulsets/db'), body => body.status.readyReplicas === 3)
    const { items } = (await api.request('GET', api.core('pods?labelSelector=app%3Ddb'))).body
    expect(items.map((pod: Json) => pod.metadata.name)).toEqual(['db-0', 'db-1', 'db-2'])
    const times = items.map((pod: Json) => Number(pod.metadata.creationTimestamp.replaceAll(/\D/g, '')))
    expect(times).toEqual(times.toSorted())
  })

  it('updates and scales down from the highest ordinal', async () => {
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

  it('may not change the identity of its pods', async () => {
    for (const change of [{ serviceName: 'other' }, { podManagementPolicy: 'Parallel' }])
      expect(
        (await api.request('PATCH', api.apps('statefulsets/db'), { spec: change }, MERGE)).body,
      ).toMatchObject({
        code: 422,
        message: expect.stringContaining('updates to statefulset spec for fields other than'),
      })
  })

  it('adopts the pods and the revision of a deleted set of its name', async () => {
    const { body: before } = await api.request('GET', api.core('pods/db-0'))
    const { body: set } = await api.request('GET', api.apps('statefulsets/db'))
    await api.request('DELETE', api.apps('statefulsets/db'), { propagationPolicy: 'Orphan' })
    await api.until(api.apps('statefulsets/db'), body => body.code === 404)
    await api.request('POST', api.apps('statefulsets'), {
      metadata: { name: 'db' },
      spec: { ...set.spec, replicas: 1 },
    })
    await api.until(api.apps('statefulsets/db'), body => body.status?.readyReplicas === 1)
    const { body: after } = await api.request('GET', api.core('pods/db-0'))
    expect(after.metadata.uid).toBe(before.metadata.uid)
    expect(after.metadata.ownerReferences).toMatchObject([
      { kind: 'StatefulSet', name: 'db', controller: true },
    ])
  })
})

describe('a daemon set', () => {
  it('keeps its revisions, so that a rollout can be undone', async context => {
    if (!api.hasTestNode) context.skip()
    const template = (image: string) => ({
      metadata: { labels: { app: 'agent' } },
      spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'web', image }] },
    })
    const path = api.apps('daemonsets/agent')
    const spec = { selector: { matchLabels: { app: 'agent' } }, template: template(IMAGE) }
    await api.request('POST', api.apps('daemonsets'), { metadata: { name: 'agent' }, spec })
    const isDone = ({ metadata, status }: Json) =>
      status.observedGeneration === metadata.generation &&
      status.updatedNumberScheduled === 1 &&
      status.numberReady === 1
    await api.until(path, isDone)
    await api.request('PATCH', path, { spec: { template: template('registry.k8s.io/pause:3.10') } }, MERGE)
    await api.until(path, isDone)
    const { items } = (await api.request('GET', api.apps('controllerrevisions?labelSelector=app%3Dagent')))
      .body
    expect(items.map((item: Json) => item.revision).toSorted()).toEqual([1, 2])
    const [pod] = (await api.request('GET', api.core('pods?labelSelector=app%3Dagent'))).body.items
    const newest = items.find((item: Json) => item.revision === 2)
    expect(newest.metadata.name).toBe(`agent-${pod.metadata.labels['controller-revision-hash']}`)
  })
})
