// A workload label is better than `service`, which exporters such as kube-state-metrics fill with their own name.
const WORKLOAD_LABELS = ['deployment', 'statefulset', 'daemonset', 'cronjob']
const SERVICE_LABELS = ['service', 'app_kubernetes_io_name', 'app', 'container']

/** The service that an alert's labels name, or null. */
export function serviceOf(labels: Record<string, string>): string | null {
  for (const name of [...WORKLOAD_LABELS, ...SERVICE_LABELS]) if (labels[name]) return labels[name]
  return labels.pod ? ownerOf(labels.pod) : null
}

// deployment-<pod-template-hash>-<suffix>, or statefulset-<ordinal>
function ownerOf(pod: string): string {
  return pod.replace(/-[a-z0-9]{6,10}-[a-z0-9]{5}$/, '').replace(/-\d+$/, '')
}
