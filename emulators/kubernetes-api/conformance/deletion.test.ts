import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Api, connect } from './connect.ts'
import type { Json } from './json.ts'
import { deployment, isRolledOut, MERGE, pathOf, setsOf } from './sample-deployment.ts'

let api: Api
beforeAll(async () => {
  api = await connect()
})
afterAll(() => api.stop())

const path = (name: string) => pathOf(api, name)

describe('deletion', () => {
  const make = async (name: string) => {
    await api.request('POST', api.apps('deployments'), deployment(name, { replicas: 1 }))
    await api.until(path(name), isRolledOut)
  }
  const podCount = (count: number) => (body: Json) => body.items.length === count

  it('in the background also deletes the dependents', async () => {
    await make('background')
    await api.request('DELETE', path('background'), { propagationPolicy: 'Background' })
    expect((await api.request('GET', path('background'))).code).toBe(404)
    await api.until(api.core('pods?labelSelector=app%3Dbackground'), podCount(0))
    expect(await setsOf(api, 'background')).toEqual([])
  })

  it('in the foreground waits for the dependents', async () => {
    await make('foreground')
    const { body } = await api.request('DELETE', path('foreground'), { propagationPolicy: 'Foreground' })
    expect(body.metadata.finalizers).toEqual(['foregroundDeletion'])
    await api.until(path('foreground'), object => object.code === 404)
    expect((await api.request('GET', api.core('pods?labelSelector=app%3Dforeground'))).body.items).toEqual([])
  })

  it('can orphan the dependents', async () => {
    await make('parent')
    await api.request('DELETE', path('parent'), { propagationPolicy: 'Orphan' })
    await api.until(path('parent'), object => object.code === 404)
    const [set] = await setsOf(api, 'parent')
    expect(set.metadata.ownerReferences).toBeUndefined()
    expect((await api.request('GET', api.core('pods?labelSelector=app%3Dparent'))).body.items).toHaveLength(1)
  })

  it('of a namespace first deletes its content', async () => {
    const name = `${api.namespace}-away`
    await api.request('POST', '/api/v1/namespaces', { metadata: { name } })
    await api.request('POST', `/api/v1/namespaces/${name}/configmaps`, {
      metadata: { name: 'inside', finalizers: ['example.com/hold'] },
    })
    await api.request('DELETE', `/api/v1/namespaces/${name}`)
    const body = await api.until(
      `/api/v1/namespaces/${name}`,
      object => object.status?.phase === 'Terminating',
    )
    expect(body.metadata.deletionTimestamp).toBeDefined()
    const late = await api.request('POST', `/api/v1/namespaces/${name}/configmaps`, {
      metadata: { name: 'late' },
    })
    expect(late.code).toBe(403)
    await api.until(
      `/api/v1/namespaces/${name}/configmaps/inside`,
      object => object.metadata.deletionTimestamp,
    )
    await api.request(
      'PATCH',
      `/api/v1/namespaces/${name}/configmaps/inside`,
      { metadata: { finalizers: null } },
      MERGE,
    )
    await api.until(`/api/v1/namespaces/${name}`, object => object.code === 404)
  })
})
