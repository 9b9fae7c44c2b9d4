import { z } from 'zod'
import type { ToolSettings } from './create-clients.ts'

const Url = z.url({ protocol: /^https?$/, error: 'expected an http:// or https:// address' })

/** The settings of the tools, to be spread into a process's own configuration. All optional. */
export const ToolConfig = z.object({
  /** A path, or the YAML itself. */
  KUBECONFIG: z.string().optional(),
  KUBERNETES_SERVICE_HOST: z.string().optional(),
  PROMETHEUS_URL: Url.optional(),
  PROMETHEUS_TOKEN: z.string().optional(),
  ALERTMANAGER_URL: Url.optional(),
  ALERTMANAGER_TOKEN: z.string().optional(),
  ARGOCD_URL: Url.optional(),
  ARGOCD_TOKEN: z.string().optional(),
  GITHUB_URL: Url.optional(),
  GITHUB_TOKEN: z.string().optional(),
  RUNBOOKS_DIR: z.string().optional(),
})
export type ToolConfig = z.infer<typeof ToolConfig>

/** The tools' settings out of the environment's. In a pod without KUBECONFIG the service account is used. */
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
