import {
  type Context,
  keyOf,
  on,
  parseKey,
  type Running,
  runController,
} from '../../controllers/controller.ts'
import { setCondition } from '../../meta/conditions.ts'
import { toTime } from '../../registry/clock.ts'
import { nodes } from '../nodes/kind.ts'
import { podsByNode, unschedulableReason } from '../nodes/node-fit.ts'
import { persistentVolumeClaims } from '../persistent-volume-claims/kind.ts'
import { bindPod } from './bind-pod.ts'
import { pods } from './kind.ts'
import type { Pod } from './pod.ts'

/** Assigns pending pods to nodes that can run them, to the one with the fewest pods first. */
export function runScheduler(context: Context): Running {
  const { cluster } = context
  const waiting = () => cluster.list(pods).filter(isWaiting).map(keyOf)
  return runController({
    name: 'scheduler',
    context,
    interests: [
      on(pods, (pod, { type }) => {
        if (type === 'DELETED' || pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed')
          return waiting()
        return isWaiting(pod) ? [keyOf(pod)] : []
      }),
      on(nodes, (node, { previous }) => (previous && isSameForScheduling(previous, node) ? [] : waiting())),
      on(persistentVolumeClaims, waiting),
    ],
    reconcile: key => schedule(context, key),
  })
}

function isWaiting({ spec, metadata, status }: Pod): boolean {
  return (
    !spec.nodeName &&
    !metadata.deletionTimestamp &&
    status.phase === 'Pending' &&
    spec.schedulerName === 'default-scheduler'
  )
}

// Heartbeats change a node every few seconds, but nothing that affects scheduling.
function isSameForScheduling(
  a: { spec: unknown; status: unknown; metadata: { labels?: unknown } },
  b: typeof a,
): boolean {
  const part = ({ spec, status, metadata }: typeof a) => {
    const { allocatable, conditions = [] } = status as {
      allocatable?: unknown
      conditions?: { type: string; status: string }[]
    }
    return JSON.stringify([
      spec,
      metadata.labels,
      allocatable,
      conditions.map(condition => [condition.type, condition.status]),
    ])
  }
  return part(a) === part(b)
}

function schedule(context: Context, key: string) {
  const { cluster, recordEvent } = context
  const { namespace, name } = parseKey(key)
  const pod = cluster.find(pods, namespace, name)
  if (!pod || !isWaiting(pod)) return
  const all = cluster.list(nodes)
  const podsOfNode = podsByNode(cluster.list(pods))
  const volumeReason = unboundClaimReason(context, pod)
  const evaluated = all.map(node => ({
    node,
    reason: volumeReason ?? unschedulableReason(pod, node, podsOfNode.get(node.metadata.name) ?? []),
  }))
  const [best] = evaluated
    .filter(({ reason }) => reason === undefined)
    .map(({ node }) => ({ node, load: (podsOfNode.get(node.metadata.name) ?? []).length }))
    .toSorted((a, b) => a.load - b.load || a.node.metadata.name.localeCompare(b.node.metadata.name))
  if (best) {
    bindPod(cluster, namespace, name, best.node.metadata.name)
    recordEvent(pod, 'Normal', 'Scheduled', `Successfully assigned ${key} to ${best.node.metadata.name}`)
    return
  }
  const message =
    volumeReason && all.length > 0 && volumeReason.startsWith('persistentvolumeclaim')
      ? `0/${all.length} nodes are available: ${volumeReason}. preemption: 0/${all.length} nodes are available: ${all.length} Preemption is not helpful for scheduling.`
      : unschedulableMessage(evaluated.map(({ reason }) => reason ?? ''))
  markUnschedulable(context, pod, message)
}

function markUnschedulable({ cluster, recordEvent }: Context, pod: Pod, message: string) {
  const time = toTime(cluster.now())
  const condition = {
    type: 'PodScheduled',
    status: 'False' as const,
    reason: 'Unschedulable',
    message,
    lastProbeTime: null,
  }
  const before = pod.status.conditions?.find(condition => condition.type === 'PodScheduled')
  if (before?.message !== message)
    cluster.mutate(
      pods,
      pod,
      draft => {
        draft.status.conditions = setCondition(draft.status.conditions, condition, time)
      },
      { subresource: 'status' },
    )
  recordEvent(pod, 'Warning', 'FailedScheduling', message)
}

// For example `0/3 nodes are available: 1 Insufficient cpu, 2 node(s) had untolerated taint {…}. preemption: …`
function unschedulableMessage(reasons: string[]): string {
  const total = reasons.length
  if (total === 0) return 'no nodes available to schedule pods'
  const counts = Map.groupBy(
    reasons.flatMap(text => text.split('; ')),
    text => text,
  )
  const texts = [...counts].map(([text, list]) => `${list.length} ${text}`).toSorted()
  const unhelpful = reasons.filter(
    text => !text.includes('Insufficient') && !text.includes('Too many pods'),
  ).length
  const parts = [
    ...(total - unhelpful > 0 ? [`${total - unhelpful} No preemption victims found for incoming pod`] : []),
    ...(unhelpful > 0 ? [`${unhelpful} Preemption is not helpful for scheduling`] : []),
  ]
  return `0/${total} nodes are available: ${texts.join(', ')}. preemption: 0/${total} nodes are available: ${parts.join(', ')}.`
}

function unboundClaimReason({ cluster }: Context, { spec, metadata }: Pod): string | undefined {
  for (const { persistentVolumeClaim } of spec.volumes ?? []) {
    if (!persistentVolumeClaim) continue
    const claim = cluster.find(persistentVolumeClaims, metadata.namespace, persistentVolumeClaim.claimName)
    if (!claim) return `persistentvolumeclaim "${persistentVolumeClaim.claimName}" not found`
    if (claim.status.phase !== 'Bound') return 'pod has unbound immediate PersistentVolumeClaims'
  }
  return undefined
}
