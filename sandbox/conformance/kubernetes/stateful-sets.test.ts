import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Api, connect, type Json } from './connect.ts'
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
