/** What an alert is about. The kinds are those of Kubernetes, cert-manager, Argo CD and KEDA, plus what Prometheus scrapes (`Target`) and the cluster as a whole. */
export type SubjectKind =
  | 'Deployment'
  | 'StatefulSet'
  | 'DaemonSet'
  | 'ReplicaSet'
  | 'CronJob'
  | 'Job'
  | 'Pod'
  | 'PersistentVolumeClaim'
  | 'PersistentVolume'
  | 'HorizontalPodAutoscaler'
  | 'PodDisruptionBudget'
  | 'Ingress'
  | 'Certificate'
  | 'Application'
  | 'ScaledObject'
  | 'APIService'
  | 'Node'
  | 'Service'
  | 'Target'
  | 'Namespace'
  | 'Cluster'

export type Subject = {
  kind: SubjectKind
  /** Null for what has no namespace, and where the labels do not name it. */
  namespace: string | null
  /** Null only for the cluster as a whole. */
  name: string | null
  /** The container of a pod that the condition is about. */
  container: string | null
  /**
   * The top workload, as far as names alone tell it: alerts about a pod, its ReplicaSet and its Deployment share it. Null for what is no
   * workload. That a Rollout or an operator's object owns the pods only owner references can tell, which are not read here.
   */
  workload: string | null
  /** The value of the cluster label; null if the alert has none. */
  cluster: string | null
}
