import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Api, connect } from './connect.ts'
import { configMap } from './manifests.ts'

let api: Api
beforeAll(async () => {
  api = await connect()
  await api.request('POST', api.core('configmaps'), configMap('first', { a: '1' }))
})
afterAll(() => api.stop())

const MERGE = { type: 'application/merge-patch+json' }

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
