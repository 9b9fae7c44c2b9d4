import { type AlertmanagerClient, createAlertmanagerClient } from './alertmanager/alertmanager-client.ts'
import { type ArgocdClient, createArgocdClient } from './delivery/argocd/argocd-client.ts'
import { createGithubClient, type GithubClient } from './forge/github/github-client.ts'
import { createKubernetesClient, type KubernetesClient } from './kubernetes/kubernetes-client.ts'
import { createPrometheusClient, type PrometheusClient } from './prometheus/prometheus-client.ts'
import { createRunbookFolder, type RunbookFolder } from './runbooks/runbook-folder.ts'

/** Where the systems are. A part that is left out makes its tools fail with `unavailable` NOT_CONFIGURED. */
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
  argocd: ArgocdClient
  github: GithubClient
  runbooks: RunbookFolder
  now: () => Date
}

/** Opens no connection yet. Throws `invalid` BAD_KUBECONFIG for a kubeconfig that can not be used. */
export function createClients(settings: ToolSettings, now: () => Date = () => new Date()): Clients {
  return {
    kubernetes: createKubernetesClient(settings.kubernetes),
    prometheus: createPrometheusClient(settings.prometheus),
    alertmanager: createAlertmanagerClient(settings.alertmanager),
    argocd: createArgocdClient(settings.argocd),
    github: createGithubClient(settings.github),
    runbooks: createRunbookFolder(settings.runbooks?.folder),
    now,
  }
}
