import type { RequestOptions } from 'node:https'
import { ExpectedError } from '@goalixa/chassis/errors'
import { KubeConfig } from '@kubernetes/client-node'
import type { Dispatcher } from 'undici'
import { chooseProxy } from '../connections/choose-proxy.ts'
import type { Proxies } from '../connections/connection.ts'
import { createDispatcher } from '../connections/create-dispatcher.ts'
import { failureOfPage } from '../connections/login-page.ts'
import { networkReason } from '../connections/network-reason.ts'
import type { TlsOptions } from '../connections/tls-options.ts'
import { unreachable } from '../connections/unreachable.ts'
import { kubeconfigSettingNames, POD_SETTING_NAMES } from './cluster-setting-names.ts'
import { createExecCredentials, type ExecOptions } from './exec-credentials.ts'
import { ExecPlugin } from './exec-plugin.ts'
import { impersonationHeaders, withHeaders } from './impersonation.ts'
import { impersonationOf, isInCluster, type KubeconfigSettings } from './load-kubeconfig.ts'

type Settings = KubeconfigSettings & ExecOptions & { proxies?: Proxies }

/** How the API server of the current context is reached: proxy, TLS and credentials, renewed when they change. */
export function createClusterAccess(config: KubeConfig, { proxies = {}, ...settings }: Settings) {
  const cluster = config.getCurrentCluster()
  const user = config.getCurrentUser()
  const server = (cluster?.server ?? '').replace(/\/$/, '')
  const proxy = cluster?.proxyUrl || chooseProxy(server, proxies)
  const isInPod = isInCluster(settings)
  const names = {
    ...(isInPod ? POD_SETTING_NAMES : kubeconfigSettingNames(user)),
    ...(cluster?.proxyUrl && { proxy: '"proxy-url" of the cluster in the kubeconfig' }),
  }
  const plugin = user?.exec ? createExecCredentials(ExecPlugin.parse(user.exec), settings) : undefined
  const plain = stripExec(config)
  const impersonation = impersonationHeaders(impersonationOf(user))
  let latest: { key: string; dispatcher: Dispatcher } | undefined

  function dispatcherFor(tls: TlsOptions): Dispatcher {
    const key = JSON.stringify(tls)
    if (latest?.key === key) return latest.dispatcher
    latest?.dispatcher.close().catch(() => {})
    latest = { key, dispatcher: createDispatcher(proxy, tls) }
    return latest.dispatcher
  }

  return {
    server,
    names,
    /**
     * The headers and connections of a request. Throws `unauthenticated` NO_CREDENTIALS with the reason, and `unavailable` UPSTREAM_TIMEOUT if the
     * caller's deadline passes while an exec plugin runs.
     */
    async authenticate(
      signal: AbortSignal,
    ): Promise<{ headers: Record<string, string>; dispatcher: Dispatcher }> {
      const options = await applyCredentials(plain, isInPod)
      const { token, clientCertificateData, clientKeyData } = (await plugin?.get(signal)) ?? {}
      const { ca, cert, key, servername, rejectUnauthorized, auth, headers } = options
      const tls = {
        ca,
        cert: clientCertificateData ?? cert,
        key: clientKeyData ?? key,
        servername,
        rejectUnauthorized,
      } as TlsOptions
      return {
        headers: {
          ...(headers as Record<string, string>),
          ...(auth && { authorization: `Basic ${Buffer.from(auth).toString('base64')}` }),
          ...(token && { authorization: `Bearer ${token}` }),
        },
        dispatcher: withHeaders(dispatcherFor(dropUndefined(tls)), impersonation),
      }
    },
    /** Whether other credentials may be had after a 401. */
    renew(): boolean {
      plugin?.drop()
      return plugin !== undefined
    },
    unreachable: (cause: unknown) => unreachable({ system: 'Kubernetes', url: server, proxy, names }, cause),
    failureOfPage: (answer: Parameters<typeof failureOfPage>[3]) =>
      failureOfPage('Kubernetes', server, names, answer),
  }
}
export type ClusterAccess = ReturnType<typeof createClusterAccess>

// client-node runs plugins without a deadline and keeps credentials that the API server refuses.
function stripExec(config: KubeConfig): KubeConfig {
  const plain = new KubeConfig()
  plain.loadFromOptions({
    clusters: config.clusters.map(({ proxyUrl: _, ...cluster }) => cluster),
    contexts: config.contexts,
    users: config.users.map(({ exec: _, ...user }) => user),
    currentContext: config.currentContext,
  })
  return plain
}

const ENTRIES = 'the user and cluster entries of the kubeconfig'
const MOUNT = "that the token of the pod's service account is mounted (automountServiceAccountToken)"

async function applyCredentials(config: KubeConfig, isInPod: boolean): Promise<RequestOptions> {
  const options: RequestOptions = {}
  try {
    await config.applyToHTTPSOptions(options)
    return options
  } catch (cause) {
    const { phrase } = networkReason(cause)
    throw new ExpectedError(
      'unauthenticated',
      'NO_CREDENTIALS',
      `The credentials for Kubernetes cannot be used: ${phrase}. Check ${isInPod ? MOUNT : ENTRIES}.`,
      { cause },
    )
  }
}

function dropUndefined(tls: TlsOptions): TlsOptions {
  return Object.fromEntries(Object.entries(tls).filter(([, value]) => value !== undefined && value !== null))
}
