type Labels = Readonly<Record<string, string>>

// Prometheus adds these to every series of a target (the last four by the ServiceMonitors and PodMonitors of its operator).
const TARGET_LABELS = [
  'job',
  'instance',
  'service',
  'namespace',
  'pod',
  'container',
  'endpoint',
  'node',
] as const

// Processes that report on other objects. `exporter` is the suffix that Prometheus' naming guide gives them.
const EXPORTER =
  /(?:^|[^a-z])(?:kube-state-metrics|kubelet|cadvisor|blackbox|pushgateway|ksm|kubernetes-nodes|[a-z]*exporter)(?:[^a-z]|$)/
// Exporters of which each target stands for one node.
const NODE_EXPORTER =
  /(?:node|windows)[-_]exporter|(?:^|[^a-z])(?:kubelet|cadvisor|kubernetes-nodes)(?:[^a-z]|$)/

// kube-rbac-proxy in front of metrics; kube-prometheus gives the two of kube-state-metrics a suffix. Any other that kube-state-metrics names
// is a container of the condition.
const METRICS_PROXY = /^kube-rbac-proxy/
const METRICS_PROXY_OF_EXPORTER = /^kube-rbac-proxy-(?:main|self)$/

// Of these an `exported_` form names the subject. Of a job or instance only where an exporter passes on what others sent, such as a Pushgateway:
// applications have jobs and endpoints of their own kind.
const OBJECT_LABELS = ['namespace', 'service', 'pod', 'container', 'node'] as const

/**
 * The labels of an alert as its condition means them. With `honor_labels: false` Prometheus renames the series' own label to `exported_<name>`
 * where the target has one of that name; the unprefixed one is then the scraper's, and so are the other labels that only targets have.
 */
export function conditionLabels(labels: Labels): Labels {
  const names = isScrapedFromExporter(labels) ? TARGET_LABELS : OBJECT_LABELS
  const exported = names.filter(name => labels[`exported_${name}`] && !isUnplacedService(name, labels))
  if (exported.length === 0) return labels
  // The scraper's namespace is kept: the series names no other.
  const own = TARGET_LABELS.filter(name => name !== 'namespace')
  const rest = Object.entries(labels).filter(([name]) => !own.some(label => label === name))
  return Object.fromEntries([...rest, ...exported.map(name => [name, labels[`exported_${name}`] ?? ''])])
}

// A Service has a namespace: without one it is what the application calls a service, such as the chat that it notifies.
function isUnplacedService(name: string, { namespace, exported_namespace }: Labels): boolean {
  return name === 'service' && !namespace && !exported_namespace
}

/** Whether a job, service or container names a process that reports on other objects. */
export function isExporter(name: string | undefined): boolean {
  return name !== undefined && EXPORTER.test(name.toLowerCase())
}

/**
 * Whether the target of these labels is an exporter, by its name or by labels that only one of them gives its series: kube-state-metrics
 * a pod's `uid`, the kubelet a path of its own.
 */
export function isScrapedFromExporter({ job, service, uid, pod, metrics_path }: Labels): boolean {
  const isFromKubelet = metrics_path?.startsWith('/metrics/') ?? false
  return isExporter(job) || isExporter(service) || Boolean(uid && pod) || isFromKubelet
}

/** Whether each target of this exporter stands for the node on which it runs. */
export function isScrapedFromNode({ job, service }: Labels): boolean {
  return [job, service].some(name => name !== undefined && NODE_EXPORTER.test(name.toLowerCase()))
}

/** Whether the pod is the exporter's own: it bears the name of the job or service by which it is scraped. */
export function isExporterPod({ pod, job, service }: Labels): boolean {
  return [job, service].some(name => isExporter(name) && name !== undefined && pod?.includes(name))
}

/** Whether the container serves the metrics and is no part of the condition. */
export function isMetricsContainer(labels: Labels): boolean {
  const { container = '' } = labels
  return isScrapedFromExporter(labels)
    ? isExporter(container) || METRICS_PROXY_OF_EXPORTER.test(container)
    : METRICS_PROXY.test(container)
}
