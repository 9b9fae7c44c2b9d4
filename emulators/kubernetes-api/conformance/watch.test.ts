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
  it('reports objects added, modified and deleted since a revision, and those that start or stop matching', async () => {
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

  it('without a revision starts with the existing objects', async () => {
    const watch = await api.watch(api.core('configmaps?watch=1&fieldSelector=metadata.name%3Dfirst'))
    await expect.poll(() => watch.events.length, { timeout: 5_000 }).toBe(1)
    expect(watch.events[0]).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'first' } } })
    watch.stop()
  })

  it('is answered 410 from a compacted revision, so that the client lists again', async context => {
    const watch = await api.watch(api.core('configmaps?watch=1&resourceVersion=1'))
    await expect.poll(() => watch.events.length, { timeout: 5_000 }).toBeGreaterThan(0)
    // A cluster of a few minutes still has its first revision.
    if (api.isReal && watch.events[0]?.type === 'ADDED') {
      watch.stop()
      context.skip()
    }
    expect(watch.events[0]).toMatchObject({
      type: 'ERROR',
      object: { kind: 'Status', code: 410, reason: 'Expired' },
    })
    watch.stop()
  })

  it('marks the end of the initial objects with the revision to continue from', async context => {
    // Behind a feature gate in clusters before 1.34, and not with etcd before 3.4.31, such as Debian 12's.
    if (api.isReal && api.minorVersion < 34) context.skip()
    const query = 'watch=1&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan'
    const watch = await api.watch(api.core(`configmaps?${query}`))
    await expect.poll(() => watch.events.at(-1)?.type, { timeout: 5_000 }).toMatch(/^(BOOKMARK|ERROR)$/)
    const refusal = String(watch.events[0]?.object.message)
    if (api.isReal && refusal.includes('feature RequestWatchProgress is disabled')) context.skip()
    expect(watch.events.at(-1)?.type).toBe('BOOKMARK')
    watch.stop()
    const mark = watch.events.at(-1)?.object
    expect(mark.metadata.annotations).toEqual({ 'k8s.io/initial-events-end': 'true' })
    const { body } = await api.request('GET', api.core('configmaps'))
    expect(watch.events).toHaveLength(body.items.length + 1)
    const after = await api.watch(
      api.core(`configmaps?watch=1&resourceVersion=${mark.metadata.resourceVersion}`),
    )
    await api.request('POST', api.core('configmaps'), configMap('after-the-mark'))
    await expect
      .poll(() => after.events.map(({ object }) => object.metadata.name))
      .toEqual(['after-the-mark'])
    after.stop()
  })

  it('ends after the requested timeout', async () => {
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
