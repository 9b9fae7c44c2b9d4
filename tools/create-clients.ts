import { createAlertmanagerClient } from './alertmanager/alertmanager-client.ts'
import type { Clients } from './clients.ts'
import { createArgocdDelivery } from './delivery/argocd/create-argocd-delivery.ts'
import { createGithubForge } from './forge/github/create-github-forge.ts'
import { createKubernetesClient } from './kubernetes/kubernetes-client.ts'
import { createPrometheusClient } from './prometheus/prometheus-client.ts'
import { createRunbookFolder } from './runbooks/runbook-folder.ts'

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
