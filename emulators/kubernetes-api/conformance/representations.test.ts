import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Api, connect } from './connect.ts'
import type { Json } from './json.ts'
import { configMap, deployment } from './manifests.ts'

let api: Api
beforeAll(async () => {
  api = await connect()
  await api.request('POST', api.apps('deployments'), deployment('fixed'))
})
afterAll(() => api.stop())

const MERGE = { type: 'application/merge-patch+json' }

describe('tables', () => {
  it('have the columns that kubectl prints', async () => {
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json'
    const { body } = await api.request('GET', api.apps('deployments'), undefined, { accept })
    expect(body.kind).toBe('Table')
    expect(
      body.columnDefinitions
        .filter((definition: Json) => definition.priority === 0)
        .map((definition: Json) => definition.name),
    ).toEqual(['Name', 'Ready', 'Up-to-date', 'Available', 'Age'])
    const row = body.rows.find((row: Json) => row.cells[0] === 'fixed')
    expect(row.cells.slice(1, 4)).toEqual(['0/0', 0, 0])
    expect(row.object).toMatchObject({ kind: 'PartialObjectMetadata', metadata: { name: 'fixed' } })
  })
})

describe('scale', () => {
  it('is read and written as a separate object', async () => {
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
    expect(list.items.map((item: Json) => item.metadata.name)).toEqual(['note'])
  })
})

describe('access', () => {
  it('is reviewed for the current user', async () => {
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

  it('of a reader excludes writes', async context => {
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
