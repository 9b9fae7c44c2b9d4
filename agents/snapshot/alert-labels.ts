// What the labels of alerts and series name, in one place, because each list is a choice about the same labels. Left out are
// `job`, `instance` and the `container` of kube-state-metrics: they name what was scraped and not what is wrong.

/** Labels that name a workload, each by its kind in lower case. */
export const WORKLOAD_LABELS = ['deployment', 'statefulset', 'daemonset'] as const

/** Labels by which a delivered alert is recognised among those of Prometheus. */
export const ALERT_IDENTITY_LABELS = [
  'namespace',
  'service',
  'deployment',
  'pod',
  'container',
  'dependency',
  'endpoint',
] as const

/** Labels that name the cluster of an alert, which Prometheus adds as external labels or an agent to every series. */
export const CLUSTER_LABELS = [
  'cluster',
  'k8s_cluster_name',
  'kubernetes_cluster',
  'cluster_name',
  'k8s_cluster',
] as const

/** Labels that stay the same when pods are replaced, so that the alert can still be found after a change. */
export const STABLE_ALERT_LABELS = [
  'namespace',
  'service',
  ...WORKLOAD_LABELS,
  'container',
  'endpoint',
  'dependency',
  'severity',
] as const

/** Labels of alerts whose values are names of objects. */
export const OBJECT_LABELS = [
  'service',
  ...WORKLOAD_LABELS,
  'replicaset',
  'pod',
  'node',
  'job_name',
  'cronjob',
  'persistentvolumeclaim',
  'horizontalpodautoscaler',
  'ingress',
  'endpoint',
  'dependency',
] as const

/** Labels of alerts about pods or what creates them. */
export const POD_LABELS = [
  'pod',
  'container',
  ...WORKLOAD_LABELS,
  'replicaset',
  'job_name',
  'cronjob',
] as const

/** Labels of series whose values are names of services. */
export const SERVICE_LABELS = ['service', 'upstream', 'dependency'] as const

/** Labels of series whose values are names. */
export const SERIES_NAME_LABELS = [...SERVICE_LABELS, ...WORKLOAD_LABELS, 'pod', 'node'] as const
