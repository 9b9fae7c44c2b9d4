import { secretSettingsOf } from '@goalixa/chassis/config'
import { z } from 'zod'
import type { Connection } from './connections/connection.ts'
import { connectionOf, connectionSettings } from './connections/connection-settings.ts'
import { findConnectionFault } from './connections/find-connection-fault.ts'
import { ProxySettings, proxiesOf } from './connections/proxy-settings.ts'
import type { ToolSettings } from './create-clients.ts'
import { GitHosts, parseGitHosts } from './forge/git-hosts.ts'
import { loadKubeconfig, readKubeconfig } from './kubernetes/load-kubeconfig.ts'

/** The settings of the tools, to be spread into a process's own configuration. All optional. */
export const ToolConfig = z.object({
  // Read at startup: an unreachable cluster is a fact to report, an invalid file is a mistake.
  KUBECONFIG: z
    .string()
    .superRefine((kubeconfig, context) => reportFault(() => readKubeconfig(kubeconfig), context, []))
    .optional()
    .describe(
      'Path of a kubeconfig, several with colons between them, or its YAML. In a pod without it, the service account is used.',
    ),
  KUBECONFIG_CONTEXT: z
    .string()
    .optional()
    .describe('The context of the kubeconfig to use, in place of its `current-context`.'),
  KUBERNETES_SERVICE_HOST: z.string().optional().describe('Set by Kubernetes in a pod.'),
  ...connectionSettings('PROMETHEUS', { system: 'Prometheus' }),
  ...connectionSettings('ALERTMANAGER', { system: 'Alertmanager' }),
  ...connectionSettings('ARGOCD', {
    system: 'Argo CD',
    token: "API key of Syntra's own Argo CD account.",
  }),
  ...connectionSettings('GITHUB', {
    system: 'GitHub',
    url: 'GitHub REST API; by default https://api.github.com. GitHub Enterprise Server has it under `/api/v3`.',
    token: 'Fine-grained token for the deployment repository.',
  }),
  GITHUB_APP_ID: z.string().optional().describe('The ID of a GitHub App, used in place of a token.'),
  GITHUB_APP_INSTALLATION_ID: z.string().optional().describe('The ID of its installation.'),
  GITHUB_APP_PRIVATE_KEY: z
    .string()
    .optional()
    .meta({ secret: true })
    .describe('The private key of the app: PEM, or the path of a file with it.'),
  GITHUB_GIT_HOSTS: GitHosts.describe(
    'Hosts in the addresses of its repositories besides the one of GITHUB_URL, with commas between them. A repository on any other host is not read, and gets no revert.',
  ),
  RUNBOOKS_DIR: z.string().optional().describe('Folder with runbooks.'),
  ...ProxySettings.shape,
})
export type ToolConfig = z.infer<typeof ToolConfig>

/**
 * The tools' settings from a process's configuration. In a pod without KUBECONFIG the service account is used. `secretSettings` are the names of
 * all of the process's settings that the commands it runs must not get.
 */
export function toolSettingsOf(
  config: ToolConfig,
  secretSettings: string[] = secretSettingsOf(ToolConfig),
): ToolSettings {
  const inCluster = config.KUBERNETES_SERVICE_HOST !== undefined
  const proxies = proxiesOf(config)
  const through = (connection: Connection | undefined) => connection && { ...connection, proxies }
  const app = appOf(config)
  const github = connectionOf('GITHUB', { GITHUB_URL: 'https://api.github.com', ...config })
  return {
    kubernetes:
      config.KUBECONFIG || inCluster
        ? {
            kubeconfig: config.KUBECONFIG,
            context: config.KUBECONFIG_CONTEXT,
            inCluster,
            proxies,
            secretSettings,
          }
        : undefined,
    prometheus: through(connectionOf('PROMETHEUS', config)),
    alertmanager: through(connectionOf('ALERTMANAGER', config)),
    argocd: through(connectionOf('ARGOCD', config)),
    github:
      isGithubConfigured(config) && github
        ? { ...github, app, proxies, gitHosts: parseGitHosts(config.GITHUB_GIT_HOSTS) }
        : undefined,
    runbooks: config.RUNBOOKS_DIR ? { folder: config.RUNBOOKS_DIR } : undefined,
  }
}

/** Reports the mistakes that only several settings together show, or the files that they name. */
export function checkToolConfig(config: ToolConfig, context: z.RefinementCtx): void {
  const report = (name: string, message: string) =>
    context.addIssue({ code: 'custom', path: [name], message })
  const { kubernetes, prometheus, alertmanager, argocd, github } = toolSettingsOf(config)
  const connections = { PROMETHEUS: prometheus, ALERTMANAGER: alertmanager, ARGOCD: argocd, GITHUB: github }
  for (const [prefix, connection] of Object.entries(connections))
    if (connection) reportConnectionFault(prefix, connection, context)
  if (github?.app && (config.GITHUB_TOKEN || config.GITHUB_TOKEN_FILE))
    report('GITHUB_APP_ID', 'expected either a token or a GitHub App')
  const missing = APP_SETTINGS.filter(name => config[name] === undefined)
  if (missing.length > 0 && missing.length < APP_SETTINGS.length)
    for (const name of missing)
      report(name, `expected with ${APP_SETTINGS.filter(other => !missing.includes(other)).join(' and ')}`)
  if (kubernetes?.kubeconfig !== undefined)
    reportFault(() => loadKubeconfig(kubernetes), context, ['KUBECONFIG'])
}

function reportFault(read: () => unknown, context: z.RefinementCtx, path: string[]): void {
  try {
    read()
  } catch (error) {
    context.addIssue({
      code: 'custom',
      path,
      message: error instanceof Error ? error.message : String(error),
    })
  }
}

/** Reports what is wrong with a connection under the name of the setting. */
export function reportConnectionFault(
  prefix: string,
  connection: Partial<Connection>,
  context: z.RefinementCtx,
): void {
  const fault = findConnectionFault(connection)
  if (fault) context.addIssue({ code: 'custom', path: [`${prefix}_${fault.suffix}`], message: fault.message })
}

const APP_SETTINGS = ['GITHUB_APP_ID', 'GITHUB_APP_INSTALLATION_ID', 'GITHUB_APP_PRIVATE_KEY'] as const

function isGithubConfigured(config: ToolConfig): boolean {
  const { GITHUB_URL, GITHUB_TOKEN, GITHUB_TOKEN_FILE, GITHUB_APP_ID } = config
  return Boolean(GITHUB_URL || GITHUB_TOKEN || GITHUB_TOKEN_FILE || GITHUB_APP_ID)
}

function appOf(config: ToolConfig) {
  const { GITHUB_APP_ID, GITHUB_APP_INSTALLATION_ID, GITHUB_APP_PRIVATE_KEY } = config
  if (!GITHUB_APP_ID || !GITHUB_APP_INSTALLATION_ID || !GITHUB_APP_PRIVATE_KEY) return undefined
  return {
    appId: GITHUB_APP_ID,
    installationId: GITHUB_APP_INSTALLATION_ID,
    privateKey: GITHUB_APP_PRIVATE_KEY,
  }
}
