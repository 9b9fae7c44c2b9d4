import { createLog } from '@goalixa/chassis/log'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { runControllers } from '../../controllers/run-controllers.ts'
import { leases } from '../../coordination/leases/kind.ts'
import { KINDS } from '../../kinds.ts'
import { conditionOf } from '../../meta/conditions.ts'
import { createCluster } from '../../registry/cluster.ts'
import { createStore } from '../../store/store.ts'
import { namespaces } from '../namespaces/kind.ts'
import { pods } from '../pods/kind.ts'
import { type Node, nodes } from './kind.ts'

const START = new Date('2026-05-01T12:00:00Z')
let cluster: ReturnType<typeof createCluster>
let controllers: { stop(): void }

beforeEach(() => {
  vi.useFakeTimers({
    now: START,
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'setImmediate'],
  })
  cluster = createCluster({
    kinds: KINDS,
    store: createStore({ firstRevision: 1 }),
    now: () => new Date(),
    mutatingAdmission: [],
    validatingAdmission: [],
  })
  for (const name of ['default', 'kube-node-lease']) cluster.create(namespaces, { metadata: { name } })
  controllers = runControllers(cluster, createLog({ service: 'test', level: 'silent' }))
  cluster.create(nodes, {
    metadata: { name: 'n1' },
    status: {
      allocatable: { cpu: '4', memory: '8Gi', pods: '110' },
      conditions: [{ type: 'Ready', status: 'True', lastHeartbeatTime: '2026-05-01T12:00:00Z' }],
    },
  })
  cluster.create(leases, {
    metadata: { name: 'n1', namespace: 'kube-node-lease' },
    spec: { renewTime: '2026-05-01T12:00:00.000000Z' },
  })
  cluster.create(pods, {
    metadata: { name: 'p', namespace: 'default' },
    spec: { containers: [{ name: 'web', image: 'web:1' }] },
  })
})
afterEach(() => {
  controllers.stop()
  vi.useRealTimers()
})

const node = (): Node => cluster.get(nodes, undefined, 'n1')
const ready = () => conditionOf(node().status.conditions, 'Ready')?.status

it('marks a node without heartbeats as Unknown after forty seconds, and schedules no new pods on it', async () => {
  await vi.advanceTimersByTimeAsync(39_000)
  expect(ready()).toBe('True')
  expect(cluster.get(pods, 'default', 'p').spec.nodeName).toBe('n1')
  await vi.advanceTimersByTimeAsync(2_000)
  expect(ready()).toBe('Unknown')
  expect(node().spec.taints?.map(taint => `${taint.key}:${taint.effect}`)).toEqual([
    'node.kubernetes.io/unreachable:NoSchedule',
    'node.kubernetes.io/unreachable:NoExecute',
  ])
  cluster.create(pods, {
    metadata: { name: 'late', namespace: 'default' },
    spec: { containers: [{ name: 'web', image: 'web:1' }] },
  })
  await vi.advanceTimersByTimeAsync(100)
  expect(
    conditionOf(cluster.get(pods, 'default', 'late').status.conditions, 'PodScheduled')?.message,
  ).toContain('untolerated taint {node.kubernetes.io/unreachable: }')
})

it('keeps a node Ready while its lease is renewed', async () => {
  for (let seconds = 10; seconds <= 120; seconds += 10) {
    await vi.advanceTimersByTimeAsync(10_000)
    const lease = cluster.get(leases, 'kube-node-lease', 'n1')
    cluster.mutate(leases, lease, draft => {
      draft.spec.renewTime = new Date().toISOString()
    })
  }
  expect(ready()).toBe('True')
})

it('deletes the pods of an unreachable node after their toleration of five minutes', async () => {
  await vi.advanceTimersByTimeAsync(41_000 + 290_000)
  expect(cluster.get(pods, 'default', 'p').metadata.deletionTimestamp).toBeUndefined()
  await vi.advanceTimersByTimeAsync(15_000)
  expect(cluster.get(pods, 'default', 'p').metadata.deletionTimestamp).toBeDefined()
})
