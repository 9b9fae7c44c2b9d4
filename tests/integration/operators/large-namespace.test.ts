import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type ClusterObject,
  containerStatus,
  deployment,
  ended,
  minutesAgo,
  node,
  ownedBy,
  pod,
  unreadyStatus,
} from './cluster-objects.ts'
import { startCases } from './start-case.ts'

let cases: Awaited<ReturnType<typeof startCases>>
beforeAll(async () => {
  cases = await startCases()
})
afterAll(() => cases.stop())

/** A namespace of healthy Deployments of 10 pods each, of which one has a new revision that crashes. */
function crowded(deployments: number): ClusterObject[] {
  const names = Array.from({ length: deployments }, (_, index) => `app-${index}`)
  const [healthy, replicaSet, ...pods] = deployment({ namespace: 'crowd', name: 'cart', replicas: 10 })
  const labels = { app: 'cart', 'pod-template-hash': '7d5c9b8f66' }
  const release = structuredClone(replicaSet) as ClusterObject
  Object.assign(release.metadata, {
    name: 'cart-7d5c9b8f66',
    creationTimestamp: minutesAgo(20),
    annotations: { 'deployment.kubernetes.io/revision': '4' },
    labels,
  })
  const container = { name: 'cart', image: 'registry.example.net/cart:2.0' }
  release.spec = {
    replicas: 1,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [container] } },
  }
  release.status = { replicas: 1, readyReplicas: 0 }
  return [
    node('worker-1'),
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'basket', namespace: 'crowd' },
      spec: { selector: { app: 'cart' }, ports: [{ port: 80 }] },
    },
    ...names.flatMap(name => deployment({ namespace: 'crowd', name, replicas: 10 })),
    {
      ...(healthy as ClusterObject),
      spec: {
        ...healthy?.spec,
        template: { metadata: { labels: { app: 'cart' } }, spec: { containers: [container] } },
      },
      status: { replicas: 11, readyReplicas: 9, availableReplicas: 9, updatedReplicas: 1 },
    },
    replicaSet as ClusterObject,
    release,
    ...pods,
    pod({
      namespace: 'crowd',
      name: 'cart-7d5c9b8f66-xk7pq',
      createdAt: minutesAgo(20),
      labels,
      owner: ownedBy('apps/v1', 'ReplicaSet', 'cart-7d5c9b8f66'),
      containers: [container],
      status: unreadyStatus('Running', minutesAgo(20), {
        containerStatuses: [
          containerStatus('cart', {
            restartCount: 8,
            state: {
              waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s restarting failed container' },
            },
            lastState: ended(1, 'Error', 2),
          }),
        ],
      }),
    }),
  ]
}

const LOG = `${minutesAgo(2)} Error: column "fee_cents" does not exist\n`

async function investigate(deployments: number, labels: Record<string, string>) {
  const found = await cases.investigate({
    objects: crowded(deployments),
    logs: { 'cart-7d5c9b8f66-xk7pq/cart': LOG, 'cart-7d5c9b8f66-xk7pq/cart/previous': LOG },
    alerts: [{ startsAt: minutesAgo(10), labels: { namespace: 'crowd', severity: 'warning', ...labels } }],
  })
  expect(found.verdict).toMatchObject({
    outcome: 'cause',
    causes: [
      {
        code: 'RELEASE_CRASHES_AT_START',
        subject: { kind: 'Deployment', name: 'cart' },
        change: { kind: 'rollout', from: '3', to: '4' },
      },
    ],
  })
  expect(found.verdict.message).toContain('fee_cents')
  expect(
    found.verdict.unread.filter(({ tool }: { tool?: string }) => tool?.startsWith('kubernetes')),
  ).toEqual([])
  return found
}

const CRASH_LOOP = { alertname: 'KubePodCrashLooping', pod: 'cart-7d5c9b8f66-xk7pq', container: 'cart' }

test('an incident among a thousand pods is explained with about the reads of one among a hundred', async () => {
  const small = await investigate(8, CRASH_LOOP)
  const large = await investigate(102, CRASH_LOOP)
  expect(large.bytes).toBeLessThan(3 * small.bytes)
  expect(large.requests).toBeLessThan(3 * small.requests)
})

test.each([
  ['its Deployment', { alertname: 'KubeDeploymentReplicasMismatch', deployment: 'cart' }],
  ['its Service by another name', { alertname: 'HighErrorRate', service: 'basket' }],
])('is explained if the alert names %s', async (_what, labels) => {
  await investigate(20, labels)
})
