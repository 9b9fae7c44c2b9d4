import type { AlertmanagerClient } from './alertmanager/alertmanager-client.ts'
import type { DeliverySystem } from './delivery/delivery-system.ts'
import type { Forge } from './forge/forge.ts'
import type { KubernetesClient } from './kubernetes/kubernetes-client.ts'
import type { PrometheusClient } from './prometheus/prometheus-client.ts'
import type { RunbookFolder } from './runbooks/runbook.ts'

/** What tools call. Tests may give parts of it as plain objects. */
export type Clients = {
  kubernetes: KubernetesClient
  prometheus: PrometheusClient
  alertmanager: AlertmanagerClient
  delivery: DeliverySystem
  forge: Forge
  runbooks: RunbookFolder
  now: () => Date
}
