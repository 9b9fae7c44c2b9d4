import { z } from 'zod'
import type { ToolSettings } from './create-clients.ts'

const Url = z.url({ protocol: /^https?$/, error: 'expected an http:// or https:// address' })

/** The settings of the tools, to be spread into a process's own configuration. All optional. */
export const ToolConfig = z.object({
  KUBECONFIG: z.string().optional().describe('Path of a kubeconfig, or its YAML.'),
  KUBERNETES_SERVICE_HOST: z.string().optional().describe('Set by Kubernetes in a pod.'),
  PROMETHEUS_URL: Url.optional().describe('Prometheus.'),
  PROMETHEUS_TOKEN: z.string().optional().describe('Bearer token for Prometheus.'),
  ALERTMANAGER_URL: Url.optional().describe('Alertmanager.'),
  ALERTMANAGER_TOKEN: z.string().optional().describe('Bearer token for Alertmanager.'),
  ARGOCD_URL: Url.optional().describe('Argo CD.'),
  ARGOCD_TOKEN: z.string().optional().describe("API key of Syntra's own Argo CD account."),
  GITHUB_URL: Url.optional().describe('GitHub REST API; by default https://api.github.com.'),
  GITHUB_TOKEN: z.string().optional().describe('Fine-grained token for the deployment repository.'),
  RUNBOOKS_DIR: z.string().optional().describe('Folder with runbooks.'),
})
export type ToolConfig = z.infer<typeof ToolConfig>

/** The tools' settings from a process's configuration. In a pod without KUBECONFIG the service account is used. */
export function toolSettingsOf(config: ToolConfig): ToolSettings {
  const inCluster = config.KUBERNETES_SERVICE_HOST !== undefined
  return {
    kubernetes: config.KUBECONFIG || inCluster ? { kubeconfig: config.KUBECONFIG, inCluster } : undefined,
    prometheus: endpoint(config.PROMETHEUS_URL, config.PROMETHEUS_TOKEN),
    alertmanager: endpoint(config.ALERTMANAGER_URL, config.ALERTMANAGER_TOKEN),
    argocd: endpoint(config.ARGOCD_URL, config.ARGOCD_TOKEN),
    github:
      config.GITHUB_URL || config.GITHUB_TOKEN
        ? { url: config.GITHUB_URL, token: config.GITHUB_TOKEN }
        : undefined,
    runbooks: config.RUNBOOKS_DIR ? { folder: config.RUNBOOKS_DIR } : undefined,
  }
}

function endpoint(url: string | undefined, token: string | undefined) {
  return url ? { url, token } : undefined
}
