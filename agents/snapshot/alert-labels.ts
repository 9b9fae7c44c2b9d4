// Which labels of alerts and series name what. One place, because each list is a choice about the same labels: `job`,
// `instance` and, of kube-state-metrics, `container` name what was scraped and not what is wrong.

/** Labels that name a workload, each by its kind in lower case. */
export const WORKLOAD_LABELS = ['deployment', 'statefulset', 'daemonset'] as const

/** Labels by which an alert that was sent is recognised among those that Prometheus holds. */
export const ALERT_IDENTITY_LABELS = [
  'namespace',
  'service',
  'deployment',
  'pod',
  'container',
  'dependency',
  'endpoint',
] as const

/** Labels that stay when pods are replaced, so that a rule can still be asked for by them after a change. */
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

/** Labels of alerts about pods or what makes them. */
export const POD_LABELS = ['pod', 'container', ...WORKLOAD_LABELS, 'replicaset'] as const

/** Labels of series whose values are names of services. */
export const SERVICE_LABELS = ['service', 'upstream', 'dependency'] as const

/** Labels of series whose values are names. */
export const SERIES_NAME_LABELS = [...SERVICE_LABELS, ...WORKLOAD_LABELS, 'pod', 'node'] as const
