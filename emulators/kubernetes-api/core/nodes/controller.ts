import {
  type Context,
  keyOf,
  on,
  parseKey,
  type Running,
  runController,
} from '../../controllers/controller.ts'
import type { WorkQueue } from '../../controllers/work-queue.ts'
import { leases } from '../../coordination/leases/kind.ts'
import { conditionOf, setCondition } from '../../meta/conditions.ts'
import { toTime } from '../../registry/clock.ts'
import { pods } from '../pods/kind.ts'
import type { Pod } from '../pods/pod.ts'
import { type Node, nodes, type Taint } from './kind.ts'
import { tolerates } from './node-fit.ts'

/**
 * Milliseconds without a heartbeat after which a node counts as unreachable: the default node-monitor-grace-period.
 */
const GRACE_MS = 40_000
const LEASE_NAMESPACE = 'kube-node-lease'
const NOT_READY = 'node.kubernetes.io/not-ready'
const UNREACHABLE = 'node.kubernetes.io/unreachable'

/**
 * Monitors the heartbeats of nodes (their Lease, or their Ready condition): a node without heartbeats becomes Unknown,
 * its pods become unready, and it is tainted, so that its pods are evicted when their toleration expires.
 */
export function runNodeController(context: Context): Running {
  return runController({
    name: 'node',
    context,
    interests: [
      on(nodes, node => [keyOf(node)]),
      on(leases, ({ metadata }) => (metadata.namespace === LEASE_NAMESPACE ? [`/${metadata.name}`] : [])),
    ],
    reconcile: (key, queue) => reconcile(context, key, queue),
  })
}

function reconcile(context: Context, key: string, queue: WorkQueue) {
  const { cluster } = context
  const node = cluster.find(nodes, undefined, parseKey(key).name)
  if (!node) return
  const silentMs = cluster.now().getTime() - lastHeartbeat(context, node)
  if (silentMs < GRACE_MS) queue.addAfter(key, GRACE_MS - silentMs + 100)
  const isUnreachable = silentMs >= GRACE_MS
  if (isUnreachable) markUnreachable(context, node)
  const present = cluster.get(nodes, undefined, node.metadata.name)
  const ready = conditionOf(present.status.conditions, 'Ready')?.status
  setTaints(context, present, ready)
  if (ready === 'True') return
  markPodsUnready(context, present)
  evict(context, present, queue, key)
}

function lastHeartbeat({ cluster }: Context, { metadata, status }: Node): number {
  const lease = cluster.find(leases, LEASE_NAMESPACE, metadata.name)
  const times = [
    lease?.spec.renewTime,
    conditionOf(status.conditions, 'Ready')?.lastHeartbeatTime,
    metadata.creationTimestamp,
  ]
  return Math.max(...times.map(time => Date.parse(time ?? '') || 0))
}

function markUnreachable({ cluster, recordEvent }: Context, node: Node) {
  if (conditionOf(node.status.conditions, 'Ready')?.status === 'Unknown') return
  const time = toTime(cluster.now())
  cluster.mutate(
    nodes,
    node,
    draft => {
      for (const type of ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure']) {
        const before = conditionOf(draft.status.conditions, type)
        const lost = {
          ...before,
          type,
          status: 'Unknown' as const,
          reason: 'NodeStatusUnknown',
          message: 'Kubelet stopped posting node status.',
        }
        draft.status.conditions = setCondition(draft.status.conditions, lost, time)
      }
    },
    { subresource: 'status' },
  )
  recordEvent(node, 'Normal', 'NodeNotReady', `Node ${node.metadata.name} status is now: NodeNotReady`)
}

function setTaints({ cluster }: Context, node: Node, ready: string | undefined) {
  const time = toTime(cluster.now())
  const key = ready === 'Unknown' ? UNREACHABLE : NOT_READY
  const wanted: Taint[] =
    ready === 'True' ? [] : ['NoSchedule', 'NoExecute'].map(effect => ({ key, effect, timeAdded: time }))
  if (node.spec.unschedulable)
    wanted.push({ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule', timeAdded: time })
  const present = node.spec.taints ?? []
  const isOurs = (taint: Taint) =>
    [NOT_READY, UNREACHABLE, 'node.kubernetes.io/unschedulable'].includes(taint.key)
  const kept = wanted.map(
    wantedTaint =>
      present.find(taint => taint.key === wantedTaint.key && taint.effect === wantedTaint.effect) ??
      wantedTaint,
  )
  const taints = [...present.filter(taint => !isOurs(taint)), ...kept]
  cluster.mutate(nodes, node, draft => {
    draft.spec.taints = taints.length > 0 ? taints : undefined
  })
}

function podsOn({ cluster }: Context, { metadata }: Node): Pod[] {
  return cluster.list(pods).filter(pod => pod.spec.nodeName === metadata.name)
}

function markPodsUnready(context: Context, node: Node) {
  const { cluster, recordEvent } = context
  for (const pod of podsOn(context, node)) {
    const ready = conditionOf(pod.status.conditions, 'Ready')
    if (ready?.status !== 'True') continue
    const condition = { ...ready, status: 'False' as const }
    cluster.mutate(
      pods,
      pod,
      draft => {
        draft.status.conditions = setCondition(draft.status.conditions, condition, toTime(cluster.now()))
      },
      { subresource: 'status' },
    )
    recordEvent(pod, 'Warning', 'NodeNotReady', 'Node is not ready')
  }
}

function evict(context: Context, node: Node, queue: WorkQueue, key: string) {
  const { cluster, recordEvent } = context
  const taint = node.spec.taints?.find(taint => taint.effect === 'NoExecute')
  if (!taint) return
  for (const pod of podsOn(context, node)) {
    if (pod.metadata.deletionTimestamp) continue
    const leftMs = tolerates(pod, taint) ? leftOf(pod, taint, cluster.now()) : 0
    if (leftMs > 0) {
      if (Number.isFinite(leftMs)) queue.addAfter(key, leftMs + 100)
      continue
    }
    recordEvent(pod, 'Normal', 'TaintManagerEviction', `Marking for deletion Pod ${keyOf(pod)}`)
    cluster.remove(pods, pod.metadata.namespace, pod.metadata.name)
  }
}

function leftOf({ spec }: Pod, taint: Taint, now: Date): number {
  const seconds = (spec.tolerations ?? [])
    .filter(
      toleration =>
        (!toleration.key || toleration.key === taint.key) &&
        (!toleration.effect || toleration.effect === taint.effect),
    )
    .map(toleration => toleration.tolerationSeconds ?? Number.POSITIVE_INFINITY)
  return Date.parse(taint.timeAdded ?? '') + Math.min(...seconds) * 1000 - now.getTime()
}
