/** What the metrics beside those of requests are called; for these there are profiles. */
export const METRIC_NAMES = {
  upstreamSeconds: 'goalixa_upstream_request_duration_seconds',
  dependencyUp: 'goalixa_dependency_up',
  ingressRequests: 'nginx_ingress_controller_requests',
  workingSet: 'container_memory_working_set_bytes',
  cpuSeconds: 'container_cpu_usage_seconds_total',
  restarts: 'kube_pod_container_status_restarts_total',
  replicasDesired: 'kube_deployment_spec_replicas',
  replicasAvailable: 'kube_deployment_status_replicas_available',
} as const
