/** Metrics that have the same name in every installation, by the exporter that exposes them. */
export const EXPORTER_METRICS = {
  ingressNginxRequests: 'nginx_ingress_controller_requests',
  ingressNginxSeconds: 'nginx_ingress_controller_request_duration_seconds',
  cadvisorWorkingSet: 'container_memory_working_set_bytes',
  kubeStateReplicasDesired: 'kube_deployment_spec_replicas',
} as const
