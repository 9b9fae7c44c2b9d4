import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Api, connect } from './connect.ts'
import { BROKEN, conditionOf, deployment, IMAGE, MERGE } from './sample-deployment.ts'

let api: Api
beforeAll(async () => {
  api = await connect()
  await api.request('POST', api.apps('deployments'), deployment('web', { replicas: 5 }))
})
afterAll(() => api.stop())

describe('a service', () => {
  it('has the ready pods that match its selector as endpoints, resolved by port name', async () => {
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

  it('has no endpoints for a port name that no pod declares', async () => {
    await api.request('POST', api.core('services'), {
      metadata: { name: 'astray' },
      spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'nothing' }] },
    })
    const { subsets } = await api.until(api.core('endpoints/astray'), body => body.kind === 'Endpoints')
    expect(subsets ?? []).toEqual([])
  })

  it('of type NodePort gets a unique node port, and releases it when its type changes', async () => {
    const nodePort = (name: string, ports: object[]) =>
      api.request('POST', api.core('services'), {
        metadata: { name },
        spec: { type: 'NodePort', selector: { app: 'web' }, ports },
      })
    const { body } = await nodePort('open', [{ port: 80 }])
    const port = body.spec.ports[0].nodePort
    expect(port).toBeGreaterThanOrEqual(30_000)
    expect(port).toBeLessThanOrEqual(32_767)
    const taken = await nodePort('second', [{ port: 80, nodePort: port }])
    expect(taken.body).toMatchObject({
      code: 422,
      details: { causes: [{ field: 'spec.ports[0].nodePort' }] },
      message: expect.stringContaining('provided port is already allocated'),
    })
    const table = await api.request('GET', api.core('services/open'), undefined, {
      accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
    })
    expect(table.body.rows[0].cells).toContain(`80:${port}/TCP`)
    const closed = await api.request(
      'PATCH',
      api.core('services/open'),
      { spec: { type: 'ClusterIP', ports: [{ port: 80 }] } },
      MERGE,
    )
    expect(closed.body.spec.ports[0].nodePort).toBeUndefined()
  })

  it('lists unready pods separately', async () => {
    await api.request('POST', api.apps('deployments'), deployment('sick', { replicas: 1 }, BROKEN))
    await api.request('POST', api.core('services'), {
      metadata: { name: 'sick' },
      spec: { selector: { app: 'sick' }, ports: [{ port: 80 }] },
    })
    if (!api.hasTestNode) return
    const { subsets } = await api.until(
      api.core('endpoints/sick'),
      body => body.subsets?.[0]?.notReadyAddresses?.length === 1,
    )
    expect(subsets[0].addresses).toBeUndefined()
  })

  it('without a selector keeps manually written endpoints', async () => {
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
  it('that fits on no node reports the reason', async () => {
    await api.request('POST', api.core('pods'), {
      metadata: { name: 'huge' },
      spec: { containers: [{ name: 'web', image: IMAGE, resources: { requests: { memory: '900Ti' } } }] },
    })
    const pod = await api.until(
      api.core('pods/huge'),
      object => conditionOf(object, 'PodScheduled')?.status === 'False',
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

  it('cannot be changed after its creation', async () => {
    const { body } = await api.request(
      'PATCH',
      api.core('pods/huge'),
      { spec: { restartPolicy: 'Never' } },
      MERGE,
    )
    expect(body).toMatchObject({ code: 422, reason: 'Invalid' })
    expect(body.message).toContain('pod updates may not change fields other than')
  })

  it('is evicted only if its disruption budget allows it', async () => {
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
