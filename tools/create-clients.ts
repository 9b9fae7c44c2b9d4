import { createAlertmanagerClient } from './alertmanager/alertmanager-client.ts'
import type { Clients } from './clients.ts'
import type { Connection } from './connections/connection.ts'
import { createArgocdDelivery } from './delivery/argocd/create-argocd-delivery.ts'
import { createForge } from './forge/create-forge.ts'
import { createGithubForge } from './forge/github/create-github-forge.ts'
import type { GithubSettings } from './forge/github/github-client.ts'
import { createKubernetesClient } from './kubernetes/kubernetes-client.ts'
import type { KubernetesSettings } from './kubernetes/kubernetes-http.ts'
import { createPrometheusClient } from './prometheus/prometheus-client.ts'
import { createRunbookFolder } from './runbooks/runbook-folder.ts'

/** Where the systems are. The tools of a system that is left out fail with `unavailable` NOT_CONFIGURED. */
export type ToolSettings = {
  /** Without a kubeconfig, `inCluster` uses the pod's service account. */
  kubernetes?: KubernetesSettings
  prometheus?: Connection
  alertmanager?: Connection
  argocd?: Connection
  github?: GithubSettings
  runbooks?: { folder: string }
}

/** Opens no connection yet. Throws `invalid` BAD_KUBECONFIG for a kubeconfig that cannot be used. */
export function createClients(settings: ToolSettings, now: () => Date = () => new Date()): Clients {
  return {
    kubernetes: createKubernetesClient(settings.kubernetes),
    prometheus: createPrometheusClient(settings.prometheus),
    alertmanager: createAlertmanagerClient(settings.alertmanager),
    delivery: createArgocdDelivery(settings.argocd),
    forge: createForge(settings.github ? [createGithubForge(settings.github)] : []),
    runbooks: createRunbookFolder(settings.runbooks?.folder),
    now,
  }
}
