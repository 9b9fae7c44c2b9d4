import { matchesExpression } from '../../meta/label-selector.ts'
import { quantityOr0 } from '../../meta/quantity.ts'
import type { Pod } from '../pods/pod.ts'
import type { NodeSelectorTerm, Toleration } from '../pods/pod-spec.ts'
import { sumPodRequests } from '../pods/requests.ts'
import type { Node, Taint } from './kind.ts'
import { isNodeReady } from './kind.ts'

/**
 * Returns the scheduler's reason why a node cannot run a pod; `undefined` if it can. Several reasons are joined by `;
 * `.
 */
export function unschedulableReason(pod: Pod, node: Node, placed: Pod[]): string | undefined {
  if (node.spec.unschedulable && !tolerates(pod, UNSCHEDULABLE)) return 'node(s) were unschedulable'
  const taint = [...(node.spec.taints ?? []), ...(isNodeReady(node) ? [] : [NOT_READY])].find(
    candidate => candidate.effect !== 'PreferNoSchedule' && !tolerates(pod, candidate),
  )
  if (taint) return `node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`
  if (!isSelected(pod, node)) return "node(s) didn't match Pod's node affinity/selector"
  const lacking = lackingResources(pod, node, placed)
  return lacking.length > 0 ? lacking.join('; ') : undefined
}

const NOT_READY: Taint = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }

const UNSCHEDULABLE: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }

/** Returns whether a pod tolerates a taint. */
export function tolerates({ spec }: Pod, taint: Taint): boolean {
  return (spec.tolerations ?? []).some(toleration => isTolerated(toleration, taint))
}

function isTolerated({ key, operator = 'Equal', value = '', effect }: Toleration, taint: Taint): boolean {
  if (effect && effect !== taint.effect) return false
  if (key && key !== taint.key) return false
  if (!key) return operator === 'Exists'
  return operator === 'Exists' || value === (taint.value ?? '')
}

/** Returns whether node selector and required node affinity allow the node. */
export function isSelected({ spec }: Pod, { metadata }: Node): boolean {
  const labels = metadata.labels ?? {}
  const isLabelled = Object.entries(spec.nodeSelector ?? {}).every(([key, value]) => labels[key] === value)
  const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms
  return isLabelled && (!terms || terms.some(term => matchesTerm(term, labels, metadata.name)))
}

function matchesTerm(
  { matchExpressions = [], matchFields = [] }: NodeSelectorTerm,
  labels: Record<string, string>,
  name: string,
): boolean {
  return (
    matchExpressions.every(({ key, operator, values = [] }) =>
      matchesExpression(labels[key], operator, values),
    ) && matchFields.every(({ operator, values = [] }) => matchesExpression(name, operator, values))
  )
}

function lackingResources(pod: Pod, { status }: Node, placed: Pod[]): string[] {
  const allocatable = status.allocatable ?? {}
  const lacking = placed.length + 1 > quantityOr0(allocatable.pods ?? '110') ? ['Too many pods'] : []
  const wanted = sumPodRequests(pod)
  for (const [name, amount] of wanted) {
    const used = placed.reduce((sum, other) => sum + (sumPodRequests(other).get(name) ?? 0), 0)
    // Sums of decimal cores have rounding errors.
    if (amount > 0 && used + amount > quantityOr0(allocatable[name]) + 1e-9)
      lacking.push(`Insufficient ${name}`)
  }
  return lacking
}

/** Groups the pods that use resources of a node by node. */
export function podsByNode(all: Pod[]): Map<string, Pod[]> {
  const running = all.filter(
    ({ spec, status }) => spec.nodeName && status.phase !== 'Succeeded' && status.phase !== 'Failed',
  )
  return Map.groupBy(running, ({ spec }) => spec.nodeName ?? '')
}
