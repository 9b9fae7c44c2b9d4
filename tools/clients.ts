import { type AlertmanagerClient, createAlertmanagerClient } from './alertmanager/alertmanager-client.ts'
import { createArgocdDelivery } from './delivery/argocd/create-argocd-delivery.ts'
import type { DeliverySystem } from './delivery/delivery-system.ts'
import type { Forge } from './forge/forge.ts'
import { createGithubForge } from './forge/github/create-github-forge.ts'
import { createKubernetesClient, type KubernetesClient } from './kubernetes/kubernetes-client.ts'
import { createPrometheusClient, type PrometheusClient } from './prometheus/prometheus-client.ts'
import { createRunbookFolder, type RunbookFolder } from './runbooks/runbook-folder.ts'

/** Where the systems are. The tools of a system that is left out fail with `unavailable` NOT_CONFIGURED. */
export type ToolSettings = {
  /** `kubeconfig` is a path or the YAML itself; without it, `inCluster` uses the pod's service account. */
  kubernetes?: { kubeconfig?: string; inCluster?: boolean; timeoutMs?: number }
  prometheus?: { url: string; token?: string; timeoutMs?: number }
  alertmanager?: { url: string; token?: string; timeoutMs?: number }
  argocd?: { url: string; token?: string; timeoutMs?: number }
  github?: { url?: string; token?: string; timeoutMs?: number }
  runbooks?: { folder: string }
}

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

/** Opens no connection yet. Throws `invalid` BAD_KUBECONFIG for a kubeconfig that cannot be used. */
export function createClients(settings: ToolSettings, now: () => Date = () => new Date()): Clients {
  return {
    kubernetes: createKubernetesClient(settings.kubernetes),
    prometheus: createPrometheusClient(settings.prometheus),
    alertmanager: createAlertmanagerClient(settings.alertmanager),
    delivery: createArgocdDelivery(settings.argocd),
    forge: createGithubForge(settings.github),
    runbooks: createRunbookFolder(settings.runbooks?.folder),
    now,
  }
}
