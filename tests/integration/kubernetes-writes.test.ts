import { createLog } from '@goalixa/chassis/log'
import { createControlPlane } from '@goalixa/kubernetes-api-emulator/create-control-plane'
import { findTool } from '@goalixa/tools/catalog'
import type { Clients } from '@goalixa/tools/clients'
import { createClients } from '@goalixa/tools/create-clients'
import { createWriteCall } from '@goalixa/tools/testing/create-write-call'
import { kubeconfigFor } from '@goalixa/tools/testing/kubeconfig-for'
import { until } from '@goalixa/tools/testing/until'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

const getObject = findTool('kubernetes_get_object')
const listObjects = findTool('kubernetes_list_objects')
const restartWorkload = findTool('kubernetes_restart_workload')
const rolloutHistory = findTool('kubernetes_rollout_history')
const scaleWorkload = findTool('kubernetes_scale_workload')
const undoRollout = findTool('kubernetes_undo_rollout')

// The emulated Kubernetes API, whose conformance suite also runs against a real cluster.
const signal = new AbortController().signal
const call = createWriteCall({ signal })
const MERGE = 'application/merge-patch+json'
let controlPlane: ReturnType<typeof createControlPlane>
let address: { url: string; certificate: string }
let clients: Clients
let namespace: string
let made = 0

beforeAll(async () => {
  controlPlane = createControlPlane({
    token: 'admin',
    readerToken: 'reader',
    log: createLog({ service: 'test', level: 'error' }),
  })
  address = await controlPlane.start()
  clients = createClients({ kubernetes: { kubeconfig: kubeconfigFor(address.url, 'admin') } })
})
afterAll(() => controlPlane.stop())

beforeEach(async () => {
  made += 1
  namespace = `shop-${made}`
  await api('POST', '/api/v1/namespaces', { metadata: { name: namespace } })
  await api('POST', deployments(), deployment('core:1.4.0'))
  await rolledOut(1)
})

const deployments = (name = '') => `/apis/apps/v1/namespaces/${namespace}/deployments${name && `/${name}`}`

async function api(method: string, path: string, body?: unknown, contentType = 'application/json') {
  const response = await fetch(address.url + path, {
    method,
    headers: { authorization: 'Bearer admin', 'content-type': contentType },
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
  return response.json()
}

function deployment(image: string) {
  return {
    metadata: { name: 'core', annotations: { 'syntra.goalixa.com/tier': 'A' } },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: 'core' } },
      template: {
        metadata: { labels: { app: 'core' } },
        spec: { containers: [{ name: 'core', image, env: [{ name: 'MODE', value: image }] }] },
      },
    },
  }
}

const history = async () => (await rolloutHistory.run({ namespace, name: 'core' }, clients, signal)).revisions
const current = async () => {
  const { object } = await getObject.run({ namespace, kind: 'Deployment', name: 'core' }, clients, signal)
  if (!object) throw new Error('The deployment no longer exists.')
  return object
}
const generationNow = async () => (await current()).metadata.generation
const rolledOut = (revision: number) => until(async () => (await history())[0]?.revision === revision)

async function release(image: string, revision: number) {
  const { template } = deployment(image).spec
  await api('PATCH', deployments('core'), { spec: { template } }, 'application/strategic-merge-patch+json')
  await rolledOut(revision)
}

describe('kubernetes_rollout_history', () => {
  it('lists the revisions newest first, each with its own template', async () => {
    await release('core:1.5.0', 2)
    const revisions = await history()
    expect(revisions.map(({ revision }) => revision)).toEqual([2, 1])
    expect(revisions.map(({ template }) => template)).toMatchObject([
      { metadata: { labels: { app: 'core' } }, spec: { containers: [{ image: 'core:1.5.0' }] } },
      { metadata: { labels: { app: 'core' } }, spec: { containers: [{ image: 'core:1.4.0' }] } },
    ])
    expect(JSON.stringify(revisions)).not.toContain('pod-template-hash')
    expect(Date.parse(revisions[0]?.createdAt ?? '')).toBeGreaterThan(0)
  })

  it('omits replica sets of other owners', async () => {
    const other = deployment('other:1')
    other.metadata.name = 'other'
    await api('POST', deployments(), other)
    await until(async () => {
      const input = { namespace, kinds: ['ReplicaSet' as const] }
      return (await listObjects.run(input, clients, signal)).objects.length === 2
    })
    expect(await history()).toHaveLength(1)
  })
})

describe('kubernetes_undo_rollout', () => {
  const input = async (more: object = {}) => ({
    namespace,
    name: 'core',
    toRevision: 1,
    generation: await generationNow(),
    actionId: 'act-1',
    ...more,
  })

  it('restores the template of the revision, and nothing else', async () => {
    await release('core:1.5.0', 2)
    await scaleWorkload.run(
      { namespace, kind: 'Deployment', name: 'core', replicas: 5, actionId: 'x' },
      clients,
      call,
    )
    const wanted = await input()
    expect(await undoRollout.findEffect(wanted, clients, call)).toBeUndefined()
    expect(await undoRollout.run(wanted, clients, call)).toEqual({ namespace, name: 'core', toRevision: 1 })

    const after = await current()
    expect(after.spec).toMatchObject({
      replicas: 5,
      template: {
        metadata: { labels: { app: 'core' } },
        spec: { containers: [{ image: 'core:1.4.0', env: [{ value: 'core:1.4.0' }] }] },
      },
    })
    expect(JSON.stringify(after.spec)).not.toContain('pod-template-hash')
    expect(after.metadata.annotations).toMatchObject({
      'syntra.goalixa.com/action': 'act-1',
      'syntra.goalixa.com/tier': 'A',
    })
    expect(await undoRollout.findEffect(wanted, clients, call)).toBeDefined()
    await rolledOut(3)
    expect(await undoRollout.findEffect(wanted, clients, call)).toBeDefined()
    expect(await undoRollout.findEffect({ ...wanted, actionId: 'act-2' }, clients, call)).toBeUndefined()
  })

  it('is not done because someone has written the id of the action', async () => {
    await release('core:1.5.0', 2)
    const wanted = await input()
    await undoRollout.run(wanted, clients, call)
    await rolledOut(3)
    // The revision that was restored has a new number by now, and another template is in place.
    await release('core:evil', 4)
    expect((await current()).metadata.annotations).toMatchObject({ 'syntra.goalixa.com/action': 'act-1' })
    expect(await undoRollout.findEffect(wanted, clients, call)).toBeUndefined()
  })

  it('rolls forward to an explicit revision, even for the same action', async () => {
    await release('core:1.5.0', 2)
    await undoRollout.run(await input(), clients, call)
    await rolledOut(3)
    const forward = await input({ toRevision: 2 })
    expect(await undoRollout.findEffect(forward, clients, call)).toBeUndefined()
    await undoRollout.run(forward, clients, call)
    await rolledOut(4)
    expect((await history())[0]?.template).toMatchObject({ spec: { containers: [{ image: 'core:1.5.0' }] } })
  })

  it('rejects a deployment that changed since it was approved', async () => {
    await release('core:1.5.0', 2)
    const wanted = await input()
    const { resourceVersion } = (await current()).metadata
    await release('core:1.6.0', 3)
    for (const approved of [wanted, { ...wanted, generation: undefined, resourceVersion }]) {
      await expect(undoRollout.run(approved, clients, call)).rejects.toMatchObject({
        kind: 'conflict',
        code: 'STATE_CHANGED',
      })
    }
    expect((await current()).spec).toMatchObject({
      template: { spec: { containers: [{ image: 'core:1.6.0' }] } },
    })
  })

  it('rejects a missing revision, the current revision, and a paused deployment', async () => {
    await release('core:1.5.0', 2)
    const undo = async (more: object) => undoRollout.run(await input(more), clients, call)
    await expect(undo({ toRevision: 9 })).rejects.toMatchObject({
      kind: 'missing',
      code: 'UNKNOWN_REVISION',
      message: expect.stringContaining('its revisions are 2, 1'),
    })
    await expect(undo({ toRevision: 2 })).rejects.toMatchObject({ code: 'ALREADY_THERE' })
    await api('PATCH', deployments('core'), { spec: { paused: true } }, MERGE)
    await expect(undo({})).rejects.toMatchObject({ kind: 'conflict', code: 'PAUSED' })
    expect(
      undoRollout.input.safeParse({ namespace, name: 'core', toRevision: 1, actionId: 'a' }).success,
    ).toBe(false)
  })
})

describe('kubernetes_restart_workload', () => {
  it('restarts the pods, once for each action', async () => {
    const input = { namespace, kind: 'Deployment', name: 'core', actionId: 'act-1' } as const
    const { actionId: _, ...workload } = input
    expect(await restartWorkload.findEffect(input, clients, call)).toBeUndefined()
    expect(await restartWorkload.run(input, clients, call)).toEqual(workload)
    await rolledOut(2)
    expect((await current()).spec).toMatchObject({
      template: {
        metadata: {
          labels: { app: 'core' },
          annotations: { 'kubectl.kubernetes.io/restartedAt': '2026-02-24T10:00:00.000Z' },
        },
      },
    })
    expect(await restartWorkload.findEffect(input, clients, call)).toBeDefined()
    const later = createWriteCall({ startedAt: new Date('2026-02-24T10:05:00.000Z') })
    expect(await restartWorkload.findEffect({ ...input, actionId: 'act-2' }, clients, later)).toBeUndefined()
  })

  it('is not done because someone has written the id of the action', async () => {
    const annotations = { 'syntra.goalixa.com/action': 'act-1', 'kubectl.kubernetes.io/restartedAt': 'now' }
    await api('PATCH', deployments('core'), { spec: { template: { metadata: { annotations } } } }, MERGE)
    await rolledOut(2)
    const input = { namespace, kind: 'Deployment', name: 'core', actionId: 'act-1' } as const
    expect(await restartWorkload.findEffect(input, clients, call)).toBeUndefined()
    await restartWorkload.run(input, clients, call)
    await rolledOut(3)
    expect(await restartWorkload.findEffect(input, clients, call)).toBeDefined()
  })

  it('does not restart what has changed since it was approved', async () => {
    const generation = await generationNow()
    await release('core:1.5.0', 2)
    const input = { namespace, kind: 'Deployment', name: 'core', generation, actionId: 'act-1' } as const
    await expect(restartWorkload.run(input, clients, call)).rejects.toMatchObject({ code: 'STATE_CHANGED' })
    expect(await history()).toHaveLength(2)
  })
})

describe('kubernetes_scale_workload', () => {
  it('sets the replicas, and is done only while they are unchanged', async () => {
    const input = { namespace, kind: 'Deployment', name: 'core', replicas: 4, actionId: 'act-1' } as const
    expect(await scaleWorkload.findEffect(input, clients, call)).toBeUndefined()
    await scaleWorkload.run(input, clients, call)
    expect((await current()).spec).toMatchObject({ replicas: 4 })
    const { actionId: _, ...scaled } = input
    expect(await scaleWorkload.findEffect(input, clients, call)).toEqual(scaled)
    expect(await scaleWorkload.findEffect({ ...input, replicas: 2 }, clients, call)).toBeUndefined()
  })

  it('does not overwrite a concurrent change', async () => {
    const input = { namespace, kind: 'Deployment', name: 'core', replicas: 4, actionId: 'act-1' } as const
    const generation = (await generationNow()) ?? 0
    await scaleWorkload.run({ ...input, generation }, clients, call)
    expect((await current()).spec).toMatchObject({ replicas: 4 })
    await api('PATCH', deployments('core'), { spec: { replicas: 9 } }, MERGE)
    const undo = { ...input, replicas: 1, generation: generation + 1, actionId: 'act-1-undo' }
    await expect(scaleWorkload.run(undo, clients, call)).rejects.toMatchObject({ code: 'STATE_CHANGED' })
    expect((await current()).spec).toMatchObject({ replicas: 9 })
  })

  it('fails for a missing workload', async () => {
    const input = { namespace, kind: 'Deployment', name: 'gone', replicas: 4, actionId: 'act-1' } as const
    await expect(scaleWorkload.run(input, clients, call)).rejects.toMatchObject({ kind: 'missing' })
  })

  it('is forbidden to a read-only account', async () => {
    const reader = createClients({ kubernetes: { kubeconfig: kubeconfigFor(address.url, 'reader') } })
    const input = { namespace, kind: 'Deployment', name: 'core', replicas: 4, actionId: 'act-1' } as const
    await expect(scaleWorkload.run(input, reader, call)).rejects.toMatchObject({ kind: 'forbidden' })
    const wrong = createClients({ kubernetes: { kubeconfig: kubeconfigFor(address.url, 'wrong') } })
    await expect(scaleWorkload.run(input, wrong, call)).rejects.toMatchObject({ kind: 'unauthenticated' })
  })
})

describe('over HTTPS', () => {
  const read = (certificate?: string) => {
    const kubeconfig = kubeconfigFor(address.url.replace('http://', 'https://'), 'admin', certificate)
    const secure = createClients({ kubernetes: { kubeconfig } })
    return listObjects.run({ namespace, kinds: ['Deployment'] }, secure, signal)
  }

  it('trusts only the certificate in the kubeconfig', async () => {
    expect((await read(address.certificate)).objects).toHaveLength(1)
    await expect(read()).rejects.toMatchObject({
      kind: 'unavailable',
      code: 'UPSTREAM_UNTRUSTED',
      message: expect.stringMatching(/: (self-signed|unable to verify the first) certificate\. Set /),
    })
  })
})
