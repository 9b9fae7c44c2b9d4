import { createAnsweringServer } from '@goalixa/tools/testing/answering-server'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type ClusterObject,
  containerStatus,
  ended,
  minutesAgo,
  node,
  ownedBy,
  pod,
  unreadyStatus,
} from './cluster-objects.ts'
import { startCases } from './start-case.ts'

// The application of the failing workload is not in the namespace of Argo CD, and another one of its name is.
const [GOOD, BAD] = ['a'.repeat(40), 'b'.repeat(40)]
const PLACE = { namespace: 'shop', name: 'checkout' }
const RELEASED = minutesAgo(20)

let cases: Awaited<ReturnType<typeof startCases>>
let argocd: Awaited<ReturnType<typeof createAnsweringServer>>
beforeAll(async () => {
  cases = await startCases()
  argocd = await createAnsweringServer(({ path }) => {
    const { pathname, searchParams } = new URL(path, 'http://argocd')
    if (pathname === '/api/v1/applications')
      return { body: { items: [application('argocd', 'toys'), application('team-shop', 'shop')] } }
    if (searchParams.get('appNamespace') !== 'team-shop')
      return { status: 403, body: { code: 7, message: 'permission denied', error: 'permission denied' } }
    if (pathname.endsWith('/managed-resources')) return { body: { items: [] } }
    if (pathname.endsWith('/syncwindows')) return { body: { canSync: true } }
    return { body: application('team-shop', 'shop') }
  })
})
afterAll(() => Promise.all([cases.stop(), argocd.close()]))

function application(namespace: string, destination: string) {
  const history = [
    { id: 1, revision: GOOD, deployStartedAt: minutesAgo(9_000), deployedAt: minutesAgo(9_000) },
    { id: 2, revision: BAD, deployStartedAt: RELEASED, deployedAt: RELEASED },
  ]
  const resource = { group: 'apps', kind: 'Deployment', namespace: destination, name: PLACE.name }
  return {
    metadata: { name: PLACE.name, namespace },
    spec: {
      project: 'default',
      destination: { server: 'https://kubernetes.default.svc', namespace: destination },
      source: { repoURL: 'https://github.com/example/deploy.git', path: 'checkout', targetRevision: 'main' },
    },
    status: {
      sync: { status: 'Synced', revision: BAD },
      health: { status: 'Degraded' },
      summary: {},
      resources: [{ ...resource, status: 'Synced' }],
      history,
    },
  }
}

/** A Deployment of which the pod of the new release crashes, beside one of the release before. */
function crashingRelease(): ClusterObject[] {
  const labels = { app: PLACE.name }
  const template = (tag: string, hash?: string) => ({
    metadata: { labels: { ...labels, ...(hash ? { 'pod-template-hash': hash } : {}) } },
    spec: { containers: [{ name: PLACE.name, image: `registry.example.net/checkout:${tag}` }] },
  })
  const replicaSet = (tag: string, hash: string, revision: string, at: string, ready: number) => ({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      namespace: PLACE.namespace,
      name: `checkout-${hash}`,
      creationTimestamp: at,
      labels: { ...labels, 'pod-template-hash': hash },
      annotations: { 'deployment.kubernetes.io/revision': revision },
      ownerReferences: ownedBy('apps/v1', 'Deployment', PLACE.name),
    },
    spec: {
      replicas: 1,
      selector: { matchLabels: { ...labels, 'pod-template-hash': hash } },
      template: template(tag, hash),
    },
    status: { replicas: 1, readyReplicas: ready, availableReplicas: ready },
  })
  const podOf = (hash: string, createdAt: string, status?: Record<string, unknown>) =>
    pod({
      namespace: PLACE.namespace,
      name: `checkout-${hash}-xk7pq`,
      createdAt,
      labels: { ...labels, 'pod-template-hash': hash },
      owner: ownedBy('apps/v1', 'ReplicaSet', `checkout-${hash}`),
      containers: [{ name: PLACE.name }],
      ...(status ? { status } : {}),
    })
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: {
        ...PLACE,
        creationTimestamp: minutesAgo(60_000),
        labels,
        annotations: { 'deployment.kubernetes.io/revision': '4' },
      },
      spec: { replicas: 2, selector: { matchLabels: labels }, template: template('1.8.0') },
      status: {
        replicas: 2,
        updatedReplicas: 1,
        readyReplicas: 1,
        availableReplicas: 1,
        unavailableReplicas: 1,
      },
    },
    replicaSet('1.7.0', '66b8d9c7f5', '3', minutesAgo(9_000), 1),
    replicaSet('1.8.0', '7d5c9b8f66', '4', RELEASED, 0),
    podOf('66b8d9c7f5', minutesAgo(9_000)),
    podOf(
      '7d5c9b8f66',
      RELEASED,
      unreadyStatus('Running', RELEASED, {
        containerStatuses: [
          containerStatus(PLACE.name, {
            restartCount: 8,
            state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s' } },
            lastState: ended(1, 'Error', 3),
          }),
        ],
      }),
    ),
  ]
}

test('a crashing release is explained with what is known of the application that deployed it, wherever that lives', async () => {
  const { verdict } = await cases.investigate({
    objects: [node('worker-1'), ...crashingRelease()],
    alerts: [
      {
        startsAt: minutesAgo(10),
        labels: {
          alertname: 'KubePodCrashLooping',
          namespace: PLACE.namespace,
          pod: 'checkout-7d5c9b8f66-xk7pq',
          container: PLACE.name,
          reason: 'CrashLoopBackOff',
          severity: 'warning',
        },
      },
    ],
    settings: { ARGOCD_URL: argocd.url, ARGOCD_TOKEN: 'argo-token' },
  })
  expect(verdict).toMatchObject({
    outcome: 'cause',
    causes: [{ code: 'RELEASE_CRASHES_AT_START', subject: { kind: 'Deployment', name: PLACE.name } }],
  })
  expect(JSON.stringify(verdict)).not.toContain('permission denied')
  // Nothing of the delivery system is missing; GitHub is not configured.
  const unread: { question: string }[] = verdict.unread
  expect(unread.filter(({ question }) => question.startsWith('delivery/'))).toEqual([])
  const read = argocd.asked.map(({ path }) => path).filter(path => path.startsWith('/api/v1/applications/'))
  expect(read.length).toBeGreaterThan(0)
  expect(read.filter(path => !path.includes('appNamespace=team-shop'))).toEqual([])
})
