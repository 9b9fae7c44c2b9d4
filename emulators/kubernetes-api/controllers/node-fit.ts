import { isNodeReady, type Node, type Taint } from '../resources/nodes.ts'
import { type Container, isSidecar, type NodeSelectorTerm, type Toleration } from '../resources/pod-spec.ts'
import type { Pod } from '../resources/pods.ts'
import { quantityOr0 } from '../resources/quantity.ts'
import { matchesExpression } from '../resources/selector.ts'

/** Why a node can not take a pod, in the scheduler's words; `undefined` if it can. Several reasons are joined by `; `. */
export function objectionTo(pod: Pod, node: Node, placed: Pod[]): string | undefined {
  if (node.spec.unschedulable && !tolerates(pod, UNSCHEDULABLE)) return 'node(s) were unschedulable'
  const taint = [...(node.spec.taints ?? []), ...(isNodeReady(node) ? [] : [NOT_READY])].find(
    one => one.effect !== 'PreferNoSchedule' && !tolerates(pod, one),
  )
  if (taint) return `node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`
  if (!isSelected(pod, node)) return "node(s) didn't match Pod's node affinity/selector"
  const lacking = lackingResources(pod, node, placed)
  return lacking.length > 0 ? lacking.join('; ') : undefined
}

const NOT_READY: Taint = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }
const UNSCHEDULABLE: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }

/** Whether a pod puts up with a taint. */
export function tolerates({ spec }: Pod, taint: Taint): boolean {
  return (spec.tolerations ?? []).some(one => isTolerated(one, taint))
}

function isTolerated({ key, operator = 'Equal', value = '', effect }: Toleration, taint: Taint): boolean {
  if (effect && effect !== taint.effect) return false
  if (key && key !== taint.key) return false
  if (!key) return operator === 'Exists'
  return operator === 'Exists' || value === (taint.value ?? '')
}

/** Whether node selector and required node affinity allow the node. */
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
  const wanted = requestsOf(pod)
  for (const [name, amount] of wanted) {
    const used = placed.reduce((sum, one) => sum + (requestsOf(one).get(name) ?? 0), 0)
    // Sums of decimal cores carry rounding errors.
    if (amount > 0 && used + amount > quantityOr0(allocatable[name]) + 1e-9)
      lacking.push(`Insufficient ${name}`)
  }
  return lacking
}

/** What a pod asks a node for: the sum of its containers and sidecars, or what it takes to start it, if that is more. */
export function requestsOf({ spec }: Pod): Map<string, number> {
  const inits = spec.initContainers ?? []
  const total = sumOf([...spec.containers, ...inits.filter(isSidecar)])
  for (const [index, init] of inits.entries()) {
    if (isSidecar(init)) continue
    for (const [name, amount] of sumOf([init, ...inits.slice(0, index).filter(isSidecar)]))
      total.set(name, Math.max(total.get(name) ?? 0, amount))
  }
  return total
}

function sumOf(containers: Container[]): Map<string, number> {
  const sum = new Map<string, number>()
  for (const { resources } of containers)
    for (const [name, text] of Object.entries(resources?.requests ?? {}))
      sum.set(name, (sum.get(name) ?? 0) + quantityOr0(text))
  return sum
}

/** The pods that take up room, by node. */
export function podsByNode(all: Pod[]): Map<string, Pod[]> {
  const running = all.filter(
    ({ spec, status }) => spec.nodeName && status.phase !== 'Succeeded' && status.phase !== 'Failed',
  )
  return Map.groupBy(running, ({ spec }) => spec.nodeName ?? '')
}
