import { afterEach, describe, expect, it } from 'vitest'
import { createClients } from '../../create-clients.ts'
import { createAnsweringServer } from '../../testing/answering-server.ts'
import { application, BAD, GOOD } from '../../testing/argocd-application.ts'
import { createWriteCall } from '../../testing/create-write-call.ts'
import { diffApp } from '../diff-app.ts'
import { getApp } from '../get-app.ts'
import { listApps } from '../list-apps.ts'
import { listHistory } from '../list-history.ts'
import { readSyncWindows } from '../read-sync-windows.ts'
import { refreshApp } from '../refresh-app.ts'
import { rollbackApp } from '../rollback-app.ts'
import { setAutoSync } from '../set-auto-sync.ts'
import { syncApp } from '../sync-app.ts'
import { terminateOperation } from '../terminate-operation.ts'

const { signal } = new AbortController()
const call = createWriteCall({ signal })
const name = 'team-shop/core'
const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const server of open.splice(0)) await server.close()
})

/** Argo CD with two applications of one name; like a real one, it finds that of team-shop only by its namespace. */
async function argocd() {
  const found = application({ metadata: { namespace: 'team-shop' } })
  const server = await createAnsweringServer(({ method, path, body }) => {
    const url = new URL(path, 'http://argocd')
    if (url.pathname.endsWith('/session/userinfo')) return { body: { username: 'syntra' } }
    if (url.pathname === '/api/v1/applications') return { body: { items: [application(), found] } }
    const sent = body === '' ? {} : JSON.parse(body)
    const given = [url.searchParams.get('appNamespace'), sent.appNamespace, sent.metadata?.namespace]
    if (!given.includes('team-shop') || url.pathname.split('/')[4] !== 'core')
      return { status: 403, body: { code: 7, message: 'permission denied', error: 'permission denied' } }
    const isOperation = method === 'POST'
    const operation = url.pathname.endsWith('/rollback')
      ? { sync: { revision: GOOD, syncStrategy: { apply: {} } }, initiatedBy: { username: 'syntra' } }
      : { sync: {}, info: sent.infos, initiatedBy: { username: 'syntra' } }
    if (isOperation) Object.assign(found.status, { operationState: { phase: 'Succeeded', operation } })
    return { body: url.pathname.endsWith('/managed-resources') ? { items: [] } : found }
  })
  open.push(server)
  return createClients({ argocd: { url: server.url, token: 'argo-token' } })
}

describe('an application in another namespace than that of Argo CD', () => {
  it('is listed and read under its qualified name', async () => {
    const clients = await argocd()
    const { apps } = await listApps.run({}, clients, signal)
    expect(apps.map(app => app.name)).toEqual(['core', name])
    expect(await getApp.run({ name }, clients, signal)).toMatchObject({ name, revision: BAD })
    expect((await listHistory.run({ name }, clients, signal)).history).toHaveLength(2)
    expect(await diffApp.run({ name }, clients, signal)).toMatchObject({ differences: [] })
    expect(await readSyncWindows.run({ name }, clients, signal)).toMatchObject({ canSync: true })
    const own = getApp.run({ name: 'core' }, clients, signal)
    await expect(own).rejects.toMatchObject({ code: 'UPSTREAM_FORBIDDEN' })
  })

  it('is changed by its qualified name, and no other of that name', async () => {
    const clients = await argocd()
    const off = { name, automated: null, actionId: 'act-1' }
    expect(await setAutoSync.run(off, clients, call)).toMatchObject({ name, mark: 'act-1' })
    expect(await rollbackApp.run({ name, id: 4, actionId: 'act-1' }, clients, call)).toMatchObject({
      name,
      revision: GOOD,
    })
    expect(await syncApp.run({ name, actionId: 'act-1' }, clients, call)).toMatchObject({ name })
    expect(await refreshApp.run({ name, actionId: 'act-1' }, clients, call)).toMatchObject({ name })
    const end = { name, actionId: 'act-1' }
    expect(await terminateOperation.run(end, clients, call)).toEqual({ name, wasRunning: false })
  })

  it('is tracked by a parent in the same way', async () => {
    const tracking = { 'argocd.argoproj.io/tracking-id': 'team-shop_root:argoproj.io/Application:x/core' }
    const server = await createAnsweringServer(() => ({
      body: application({ metadata: { annotations: tracking } }),
    }))
    open.push(server)
    const clients = createClients({ argocd: { url: server.url } })
    expect(await getApp.run({ name: 'core' }, clients, signal)).toMatchObject({ parent: 'team-shop/root' })
  })

  it.each(['a/b/c', '/core', 'team-shop/', 'Team/core', 'team.shop/core'])('has no name %s', bad => {
    expect(getApp.input.safeParse({ name: bad }).success).toBe(false)
  })
})

describe('an application whose destination is an address', () => {
  const apps = [
    application({ metadata: { name: 'eu' }, spec: { destination: { server: 'https://10.0.0.1:6443/' } } }),
    application({ metadata: { name: 'us' }, spec: { destination: { server: 'https://10.0.0.2:6443' } } }),
    application({ metadata: { name: 'own' } }),
  ]
  const clustersWith = async (answer: { status?: number; body: unknown }) => {
    const server = await createAnsweringServer(({ path }) =>
      path.startsWith('/api/v1/clusters') ? answer : { body: { items: apps } },
    )
    open.push(server)
    const list = await listApps.run({}, createClients({ argocd: { url: server.url } }), signal)
    return list.apps.map(({ cluster }) => cluster)
  }

  it('is listed with the name that Argo CD gives the cluster there, if it is the only one', async () => {
    const items = [
      { name: 'prod-eu', server: 'https://10.0.0.1:6443' },
      { name: 'prod-us', server: 'https://10.0.0.2:6443' },
      { name: 'again-us', server: 'https://10.0.0.2:6443' },
      { name: 'hub', server: 'https://kubernetes.default.svc' },
    ]
    expect(await clustersWith({ body: { items } })).toEqual([
      'prod-eu',
      'https://10.0.0.2:6443',
      'in-cluster',
    ])
  })

  it('keeps its address where the account may not read clusters', async () => {
    const denied = { code: 7, message: 'permission denied' }
    for (const answer of [{ status: 403, body: denied }, { body: { items: null } }])
      expect(await clustersWith(answer)).toEqual([
        'https://10.0.0.1:6443/',
        'https://10.0.0.2:6443',
        'in-cluster',
      ])
  })
})

it('the destination is the cluster by its name, else by its address', async () => {
  const destinations = [
    [{ server: 'https://kubernetes.default.svc' }, 'in-cluster'],
    [{ name: 'in-cluster' }, 'in-cluster'],
    [{ name: 'eu-2' }, 'eu-2'],
    [{ server: 'https://10.0.0.1:6443' }, 'https://10.0.0.1:6443'],
  ] as const
  for (const [destination, cluster] of destinations) {
    const server = await createAnsweringServer(() => ({ body: application({ spec: { destination } }) }))
    open.push(server)
    const clients = createClients({ argocd: { url: server.url } })
    expect(await getApp.run({ name: 'core' }, clients, signal)).toMatchObject({ cluster })
  }
})
