import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { ExpectedError } from '@goalixa/chassis/errors'
import { KubeConfig } from '@kubernetes/client-node'

type Settings = { kubeconfig?: string; inCluster?: boolean }

/**
 * A kubeconfig from a path, from YAML given inline, or the pod's own service account. Throws `invalid` BAD_KUBECONFIG
 * that names the file and what was expected of it.
 */
export function loadKubeconfig({ kubeconfig, inCluster }: Settings): KubeConfig {
  const config = new KubeConfig()
  if (kubeconfig === undefined && inCluster) {
    config.loadFromCluster()
    return config
  }
  const isInline = (kubeconfig ?? '').includes('\n') || (kubeconfig ?? '').trimStart().startsWith('{')
  const source = isInline ? 'the inline kubeconfig' : resolve(kubeconfig ?? '')
  load(config, source, () => (isInline ? (kubeconfig ?? '') : readFileSync(source, 'utf8')))
  if (!isInline) config.makePathsAbsolute(resolve(source, '..'))
  const cluster = config.getCurrentCluster()
  if (!cluster?.server)
    throw bad(source, 'current-context', 'the name of a context whose cluster has a "server"')
  if (!/^https?:\/\//.test(cluster.server))
    throw bad(source, 'clusters[].cluster.server', 'an http:// or https:// address')
  return allowPlainHttp(config)
}

function load(config: KubeConfig, source: string, read: () => string): void {
  let text: string
  try {
    text = read()
  } catch (cause) {
    throw bad(source, 'KUBECONFIG', 'a file that can be read', cause)
  }
  try {
    config.loadFromString(text)
  } catch (cause) {
    throw bad(source, 'KUBECONFIG', 'YAML with "clusters", "contexts", "users" and "current-context"', cause)
  }
}

// client-node refuses http:// unless the cluster says that it does not verify TLS, of which there is none here.
function allowPlainHttp(config: KubeConfig): KubeConfig {
  config.loadFromOptions({
    clusters: config.clusters.map(cluster =>
      cluster.server.startsWith('http://') ? { ...cluster, skipTLSVerify: true } : cluster,
    ),
    contexts: config.contexts,
    users: config.users,
    currentContext: config.currentContext,
  })
  return config
}

function bad(source: string, field: string, expected: string, cause?: unknown): ExpectedError {
  return new ExpectedError('invalid', 'BAD_KUBECONFIG', `${source}: expected ${field} to be ${expected}.`, {
    cause,
    fields: [{ field, expected }],
  })
}
