/** The fields of a predicate of version 0.1 that identify its kind, which that version kept only in its sentence, query and path. */
type OldPredicate = {
  tool: string
  args: Record<string, unknown>
  path: string
  message: string
  value?: unknown
}

/** The rollout condition of a comparison, by the end of the path that it reads. */
const CONDITIONS: Record<string, string> = {
  'metadata.generation': 'generation-observed',
  'status.observedGeneration': 'generation-observed',
  'spec.replicas': 'replicas-wanted',
  'status.updatedReplicas': 'pods-updated',
  'status.updatedNumberScheduled': 'pods-updated',
  'status.readyReplicas': 'pods-ready',
  'status.availableReplicas': 'pods-available',
  'status.numberAvailable': 'pods-available',
  'status.replicas': 'old-pods-gone',
}

/** Matches the sentences of version 0.1 about user impact. No version writes them any more, so the patterns never change. */
const ERRORS = /^(\S+) answers (?:less|more) than .+ with errors$/
const LATENCY = /^a request to (\S+) takes less than .+ on average$/

/**
 * A predicate of version 0.1 with its kind and current fields; `list`: the member of the verification that contained it. One
 * that already has a kind, or that is not recognised, stays as it is.
 */
export function upgradePredicate(predicate: unknown, list: string): unknown {
  return isOldPredicate(predicate) ? { ...subjectOf(predicate, list), ...predicate } : predicate
}

function subjectOf(
  { tool, args, path, message, value }: OldPredicate,
  list: string,
): Record<string, unknown> {
  if (tool === 'prometheus_read_alert_rule') {
    const { alertname: name, labels, prefixes } = args
    const kind = list === 'unrelatedAlerts' ? 'unrelated-alert-firing' : 'alert-not-firing'
    return { kind, alert: { name, labels, prefixes } }
  }
  if (tool === 'delivery_list_history') return { kind: 'deployed-since', app: args.name, deployment: value }
  if (tool === 'kubernetes_get_object') {
    const { kind, namespace, name } = args
    const workload = { kind, namespace: namespace === '' ? null : namespace, name }
    return { kind: 'rollout-complete', workload, condition: CONDITIONS[path.replace(/^object\./, '')] }
  }
  if (tool !== 'prometheus_query') return {}
  const service = ERRORS.exec(message)?.[1] ?? LATENCY.exec(message)?.[1]
  if (service === undefined) return { kind: 'scrape-targets-up' }
  const kind = list === 'worse' ? 'slo-worse' : 'slo-recovered'
  return { kind, signal: LATENCY.test(message) ? 'latency-mean' : 'error-ratio', service, limit: value }
}

function isOldPredicate(value: unknown): value is OldPredicate {
  return (
    typeof value === 'object' &&
    value !== null &&
    !('kind' in value) &&
    'tool' in value &&
    'message' in value &&
    typeof value.message === 'string' &&
    'path' in value &&
    typeof value.path === 'string'
  )
}
