import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findTool } from './catalog.ts'
import { createClients } from './create-clients.ts'
import type { Json } from './json.ts'
import { createRecorder } from './recorder.ts'
import { application } from './testing/argocd-application.ts'
import { createWriteCall } from './testing/create-write-call.ts'
import { kubeconfigFor } from './testing/kubeconfig-for.ts'
import { createMemoryEvidenceStore } from './testing/memory-evidence-store.ts'
import { json, startHostileServer } from './testing/start-hostile-server.ts'

let server: Awaited<ReturnType<typeof startHostileServer>>
beforeEach(async () => {
  server = await startHostileServer()
})
afterEach(() => server.stop())

function clients() {
  const { url } = server
  return createClients({
    kubernetes: { kubeconfig: kubeconfigFor(url) },
    prometheus: { url },
    alertmanager: { url },
    argocd: { url, token: 't' },
    github: { url, token: 't', gitHosts: ['github.test'] },
  })
}

async function read(tool: string, args: Record<string, Json>, body: unknown) {
  server.set(json(JSON.stringify(body)))
  const store = createMemoryEvidenceStore()
  const recorder = createRecorder({ clients: clients(), store, limits: { deadlineMs: 60_000 } })
  const signal = new AbortController().signal
  return recorder.read({ id: 'q', tool, args, why: 'a test' }, { investigationId: 'i', signal })
}

/** A hundred good items, with a bad one among them. */
function withBad(good: (n: number) => unknown, bad: unknown) {
  const items = Array.from({ length: 100 }, (_, n) => good(n))
  return [...items.slice(0, 40), bad, ...items.slice(40)]
}

const prometheus = (data: object) => ({ status: 'success', data })
const range = { query: 'up', start: '2026-02-24T10:00:00Z', end: '2026-02-24T11:00:00Z', stepSeconds: 60 }
const commit = (n: number) => ({ sha: `${n}`, commit: { message: `commit ${n}` } })
const alert = (n: number) => ({
  fingerprint: `${n}`,
  labels: {},
  status: { state: 'active' },
  startsAt: 'now',
})
const rule = (n: number) => ({ labels: { n: `${n}` }, state: 'firing' })
const app = (n: number) => {
  const { metadata, ...rest } = application()
  return { ...rest, metadata: { ...metadata, name: `app-${n}` } }
}
const target = (n: number) => ({ labels: {}, health: 'up', scrapeUrl: `http://${n}` })

type Case = [tool: string, args: Record<string, Json>, list: string, path: string, body: unknown]
const CASES: Case[] = [
  [
    'kubernetes_list_events',
    { namespace: 'shop' },
    'events',
    'events',
    {
      items: withBad(n => ({ metadata: { name: `${n}` }, involvedObject: {} }), {
        metadata: { name: 'bad' },
        involvedObject: {},
        count: 'many',
      }),
    },
  ],
  [
    'kubernetes_list_pod_metrics',
    { namespace: 'shop' },
    'pods',
    'items',
    { items: withBad(n => ({ metadata: { name: `${n}` }, containers: [] }), { metadata: { name: 7 } }) },
  ],
  [
    'prometheus_query',
    { query: 'up' },
    'samples',
    'samples',
    prometheus({
      resultType: 'vector',
      result: withBad(n => ({ metric: {}, value: [n, '1'] }), { metric: {}, value: [1e300, '1'] }),
    }),
  ],
  [
    'prometheus_query_range',
    range,
    'series',
    'series',
    prometheus({
      resultType: 'matrix',
      result: withBad(n => ({ metric: {}, values: [[n, '1']] }), { metric: { a: 1 }, values: [] }),
    }),
  ],
  ['prometheus_list_alerts', {}, 'alerts', 'data.alerts', prometheus({ alerts: withBad(rule, null) })],
  [
    'prometheus_list_targets',
    {},
    'targets',
    'data.activeTargets',
    prometheus({ activeTargets: withBad(target, { health: {} }) }),
  ],
  ['alertmanager_list_alerts', {}, 'alerts', '', withBad(alert, { labels: 'none' })],
  ['delivery_list_apps', {}, 'apps', 'items', { items: withBad(app, { metadata: {} }) }],
  [
    'delivery_get_app',
    { name: 'core' },
    'resources',
    'status.resources',
    application({
      status: { resources: withBad(n => ({ kind: 'ConfigMap', name: `${n}` }), { kind: 'Pod' }) },
    }),
  ],
  [
    'delivery_list_history',
    { name: 'core' },
    'history',
    'status.history',
    application({ status: { history: withBad(id => ({ id, revision: 'a' }), { id: {}, revision: 7 }) } }),
  ],
  [
    'forge_compare_commits',
    { repo: 'github.test/a/b', base: 'a', head: 'b' },
    'files',
    'files',
    { commits: [commit(1)], files: withBad(n => ({ filename: `${n}`, status: 'added' }), 'a file') },
  ],
]

describe('one malformed item', () => {
  it.each(CASES)('does not cost the others of %s', async (tool, args, list, path, body) => {
    const { outcome, result, reason, cut } = await read(tool, args, body)
    expect(reason).toBeNull()
    expect(outcome).toBe('read')
    expect((result as Record<string, unknown[]>)[list]).toHaveLength(100)
    expect(cut).toContainEqual({
      path,
      unit: 'items',
      kept: 100,
      total: 101,
      note: expect.stringMatching(/^unreadable: \S+/),
    })
  })

  it('does not cost the other objects of a kind, which is listed as not read completely', async () => {
    const pods = withBad(n => ({ metadata: { name: `pod-${n}` } }), { metadata: { name: { first: 'a' } } })
    const { result } = await read(
      'kubernetes_list_objects',
      { namespace: 'shop', kinds: ['Pod'] },
      { items: pods },
    )
    expect(result).toMatchObject({
      refused: [
        {
          kind: 'Pod',
          code: 'UNREADABLE',
          reason: expect.stringMatching(/^1 of 101 objects are unreadable: items\.40\.metadata\.name: /),
        },
      ],
    })
    expect((result as { objects: unknown[] }).objects).toHaveLength(100)
  })

  it('of a list that precedes a write stops the write', async () => {
    const deployment = {
      metadata: { name: 'core', namespace: 'shop', uid: 'u', generation: 1 },
      spec: { template: {} },
    }
    const replicaSets = { items: [{ metadata: { name: 'a', ownerReferences: 'mine' } }, deployment] }
    server.set((request, response) =>
      json(JSON.stringify(request.url?.includes('replicasets') ? replicaSets : deployment))(
        request,
        response,
      ),
    )
    const undo = findTool('kubernetes_undo_rollout')
    const input = { namespace: 'shop', name: 'core', toRevision: 1, generation: 1, actionId: 'act-1' }
    await expect(undo.run(input, clients(), createWriteCall())).rejects.toMatchObject({
      code: 'UPSTREAM_GARBLED',
    })
  })

  it('that is the only one garbles the answer', async () => {
    const { reason } = await read('alertmanager_list_alerts', {}, [{ labels: 'none' }])
    expect(reason?.code).toBe('UPSTREAM_GARBLED')
  })
})
