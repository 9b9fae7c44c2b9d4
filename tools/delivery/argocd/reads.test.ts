import { afterEach, describe, expect, it } from 'vitest'
import { createClients } from '../../create-clients.ts'
import { createAnsweringServer, type ReceivedRequest } from '../../testing/answering-server.ts'
import { application, BAD, GOOD } from '../../testing/argocd-application.ts'
import { diffApp } from '../diff-app.ts'
import { getApp } from '../get-app.ts'
import { listApps } from '../list-apps.ts'
import { listDeploymentsSince } from '../list-deployments-since.ts'
import { listHistory } from '../list-history.ts'
import { readSyncWindows } from '../read-sync-windows.ts'

const signal = new AbortController().signal
const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const server of open.splice(0)) await server.close()
})

async function argocd(answer: (asked: ReceivedRequest) => { status?: number; body?: unknown }) {
  const server = await createAnsweringServer(answer)
  open.push(server)
  const clients = createClients({ argocd: { url: server.url, token: 'argo-token' } })
  return { server, clients }
}

describe('reads', () => {
  it('return an application with what a decision needs', async () => {
    const { clients, server } = await argocd(() => ({ body: application() }))
    expect(await getApp.run({ name: 'core' }, clients, signal)).toEqual({
      name: 'core',
      project: 'goalixa-production',
      namespace: 'goalixa-production',
      cluster: 'in-cluster',
      repoUrl: 'https://git/goalixa/deploy',
      path: 'production/core',
      targetRevision: 'main',
      hasSeveralSources: false,
      syncStatus: 'Synced',
      revision: BAD,
      health: 'Degraded',
      automated: { prune: false, selfHeal: true },
      operation: {
        phase: 'Succeeded',
        message: 'successfully synced',
        startedAt: '2026-02-24T10:00:00Z',
        finishedAt: '2026-02-24T10:00:05Z',
        revision: BAD,
        retries: 0,
      },
      isOperating: false,
      conditions: [],
      resources: [
        {
          kind: 'Deployment',
          namespace: 'goalixa-production',
          name: 'core',
          status: 'Synced',
          health: 'Degraded',
        },
      ],
      parent: null,
      images: ['core:1.5.0'],
      hasHooks: false,
    })
    expect(server.asked[0]).toMatchObject({
      path: '/api/v1/applications/core',
      headers: { authorization: 'Bearer argo-token' },
    })
  })

  it.each([
    ['switched off since 3.1', { spec: { syncPolicy: { automated: { enabled: false, prune: true } } } }],
    ['without a policy', { spec: { syncPolicy: null } }],
  ])('know auto-sync that is %s', async (_what, more) => {
    const { clients } = await argocd(() => ({ body: application(more) }))
    expect(await getApp.run({ name: 'core' }, clients, signal)).toMatchObject({ automated: null })
  })

  it.each([
    [
      'an ApplicationSet',
      { ownerReferences: [{ kind: 'ApplicationSet', name: 'all' }] },
      'ApplicationSet/all',
    ],
    [
      'another application',
      { annotations: { 'argocd.argoproj.io/tracking-id': 'root:argoproj.io/Application:argocd/core' } },
      'root',
    ],
    ['nobody but itself', { labels: { 'app.kubernetes.io/instance': 'core' } }, null],
  ])('know that %s owns an application', async (_what, metadata, parent) => {
    const { clients } = await argocd(() => ({ body: { items: [application({ metadata })] } }))
    const { apps } = await listApps.run({}, clients, signal)
    expect(apps.map(app => app.parent)).toEqual([parent])
  })

  it('find hooks, and handle an application that was never synced', async () => {
    const hooked = application({ status: { resources: [{ kind: 'Job', name: 'migrate', hook: true }] } })
    const fresh = { metadata: { name: 'new' }, spec: { project: 'default' } }
    const { clients } = await argocd(() => ({ body: { items: [hooked, fresh] } }))
    const { apps } = await listApps.run({}, clients, signal)
    expect(apps.map(({ hasHooks }) => hasHooks)).toEqual([true, false])
    expect(apps[1]).toMatchObject({ revision: null, operation: null, automated: null, resources: [] })
  })

  it('list the history newest first', async () => {
    const { clients } = await argocd(() => ({ body: application() }))
    const { history } = await listHistory.run({ name: 'core' }, clients, signal)
    expect(history).toEqual([
      {
        id: 5,
        revision: BAD,
        content: expect.any(String),
        deployedAt: '2026-02-24T10:00:05Z',
        deployStartedAt: '2026-02-24T10:00:00Z',
        initiatedBy: 'automated',
      },
      {
        id: 4,
        revision: GOOD,
        content: expect.any(String),
        deployedAt: '2026-02-23T10:00:05Z',
        deployStartedAt: null,
        initiatedBy: 'jane',
      },
    ])
  })

  it('know by account and content who deployed since, and whether it is the same', async () => {
    const parameters = (value: string) => ({ source: { path: 'core', helm: { parameters: [{ value }] } } })
    const entry = (id: number, initiatedBy: object, content = parameters('a')) => ({
      id,
      revision: GOOD,
      initiatedBy,
      ...content,
    })
    const since = async (history: object[]) => {
      const { clients } = await argocd(({ path }) => ({
        body: path.endsWith('/userinfo') ? { username: 'syntra' } : application({ status: { history } }),
      }))
      return listDeploymentsSince.run({ name: 'core', id: 4 }, clients, signal)
    }
    const [ours, theirs, itself] = [{ username: 'syntra' }, { username: 'jane' }, { automated: true }]
    expect(await since([entry(4, theirs), entry(5, ours), entry(6, ours)])).toEqual({
      deployments: [6, 5].map(id => ({ id, revision: GOOD, requestedBy: 'syntra' })),
      isSameContent: true,
    })
    expect(await since([entry(5, ours), entry(6, ours, parameters('b'))])).toMatchObject({
      isSameContent: false,
    })
    const { deployments } = await since([entry(5, ours), entry(6, theirs), entry(7, itself), entry(8, {})])
    expect(deployments.map(({ requestedBy }) => requestedBy)).toEqual([
      'unknown',
      'automation',
      'other',
      'syntra',
    ])
    expect(await since([entry(4, theirs)])).toEqual({ deployments: [], isSameContent: true })
  })

  it('list the fields that differ from Git', async () => {
    const object = (replicas: number) => JSON.stringify({ kind: 'Deployment', spec: { replicas } })
    const items = [
      {
        kind: 'Deployment',
        namespace: 'shop',
        name: 'core',
        targetState: object(3),
        liveState: object(1),
        normalizedLiveState: object(1),
        predictedLiveState: object(3),
      },
      {
        kind: 'Service',
        namespace: 'shop',
        name: 'core',
        targetState: '{"kind":"Service"}',
        liveState: 'null',
      },
      {
        kind: 'ConfigMap',
        name: 'same',
        normalizedLiveState: '{"a":1}',
        predictedLiveState: '{"a":1}',
        targetState: '{"a":1}',
      },
    ]
    const { clients } = await argocd(({ path }) => ({
      body: path.endsWith('/managed-resources') ? { items } : application(),
    }))
    const { revision, differences } = await diffApp.run({ name: 'core' }, clients, signal)
    expect(revision).toBe(BAD)
    expect(differences).toEqual([
      {
        kind: 'Deployment',
        namespace: 'shop',
        name: 'core',
        changes: [{ path: 'spec.replicas', live: 1, desired: 3 }],
      },
      {
        kind: 'Service',
        namespace: 'shop',
        name: 'core',
        changes: [{ path: '', live: null, desired: { kind: 'Service' } }],
      },
    ])
  })

  it('tell deployments of one commit with other parameters apart', async () => {
    const tagged = (id: number, tag: string) => ({
      id,
      revision: GOOD,
      source: { path: 'core', kustomize: { images: [tag] } },
    })
    const status = { history: [tagged(1, 'a'), tagged(2, 'b'), tagged(3, 'a')] }
    const { clients } = await argocd(() => ({ body: application({ status }) }))
    const { history } = await listHistory.run({ name: 'core' }, clients, signal)
    const [third, second, first] = history.map(({ content }) => content)
    expect(third).toBe(first)
    expect(second).not.toBe(first)
  })

  it.each([
    ['the status', { sync: { status: 'Unknown', revision: 'main' } }],
    ['a condition', { conditions: [{ type: 'ComparisonError', message: 'failed to unmarshal a.yaml' }] }],
  ])(
    'know by %s that the desired state is unknown, and do not say that Git has deleted all',
    async (_by, status) => {
      const items = [{ kind: 'Service', name: 'core', targetState: 'null', liveState: '{"kind":"Service"}' }]
      const { clients } = await argocd(({ path }) => ({
        body: path.endsWith('/managed-resources') ? { items } : application({ status }),
      }))
      const failure = diffApp.run({ name: 'core' }, clients, signal)
      await expect(failure).rejects.toMatchObject({ kind: 'conflict', code: 'DESIRED_STATE_UNKNOWN' })
      if ('conditions' in status) await expect(failure).rejects.toThrow('failed to unmarshal a.yaml')
    },
  )

  it('show an object to prune as its manifest, without what the API server has added', async () => {
    const live = {
      kind: 'Service',
      metadata: { name: 'old', labels: { a: 'b' }, uid: 'u', resourceVersion: '7', managedFields: [{}] },
      spec: { ports: [] },
      status: { loadBalancer: {} },
    }
    const items = [{ kind: 'Service', name: 'old', targetState: 'null', liveState: JSON.stringify(live) }]
    const { clients } = await argocd(({ path }) => ({
      body: path.endsWith('/managed-resources') ? { items } : application(),
    }))
    const { differences } = await diffApp.run({ name: 'core' }, clients, signal)
    const manifest = { kind: 'Service', metadata: { name: 'old', labels: { a: 'b' } }, spec: { ports: [] } }
    expect(differences[0]?.changes).toEqual([{ path: '', live: manifest, desired: null }])
  })

  it.each([
    [{ canSync: true }, true],
    [{ canSync: false, assignedWindows: [{ kind: 'deny' }] }, false],
    [{ assignedWindows: [{ kind: 'deny' }] }, false],
    [{}, true],
  ])('tell from %j whether a sync may run', async (body, canSync) => {
    const { clients } = await argocd(() => ({ body }))
    expect(await readSyncWindows.run({ name: 'core' }, clients, signal)).toMatchObject({ canSync })
  })
})
