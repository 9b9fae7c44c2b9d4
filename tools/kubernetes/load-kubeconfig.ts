import { readFileSync } from 'node:fs'
import { delimiter, resolve } from 'node:path'
import { ExpectedError } from '@goalixa/chassis/errors'
import { joinWords } from '@goalixa/chassis/join-words'
import { KubeConfig, type User } from '@kubernetes/client-node'
import { parse, stringify } from 'yaml'
import { Impersonation, impersonationHeaders } from './impersonation.ts'
import { Kubeconfig, mergeKubeconfigs } from './merge-kubeconfigs.ts'

export type KubeconfigSettings = { kubeconfig?: string; context?: string; inCluster?: boolean }

/**
 * A kubeconfig from files (paths with colons between them, merged as kubectl does), from YAML given inline, or the pod's own service
 * account. `context` is used in place of `current-context`. Throws `invalid` BAD_KUBECONFIG that names the file, what was expected of it and,
 * for a context that does not exist, those that do.
 */
export function loadKubeconfig({ kubeconfig, context, inCluster }: KubeconfigSettings): KubeConfig {
  const config = new KubeConfig()
  if (isInCluster({ kubeconfig, inCluster })) {
    config.loadFromCluster()
    return config
  }
  const { merged, source } = readKubeconfig(kubeconfig ?? '')
  return allowPlainHttp(withContext(build(config, merged, source), context, source))
}

/** Whether the credentials are those of the pod that Syntra runs in, and not of a kubeconfig. */
export function isInCluster({ kubeconfig, inCluster = false }: KubeconfigSettings): boolean {
  return kubeconfig === undefined && inCluster
}

/** The merged content of kubeconfigs before a context is chosen, with the names of the files. Throws as `loadKubeconfig` does. */
export function readKubeconfig(given: string): { merged: Kubeconfig; source: string } {
  const isInline = given.includes('\n') || given.trimStart().startsWith('{')
  const files = isInline ? [{ path: null, content: parseFile(INLINE, given) }] : readFiles(given)
  const source = files.map(({ path }) => path ?? INLINE).join(delimiter)
  return { merged: mergeKubeconfigs(files), source }
}

const INLINE = 'the inline kubeconfig'
const EXPECTED = 'YAML with "clusters", "contexts", "users" and "current-context"'

/** Of several files those that do not exist are skipped, as kubectl does. */
function readFiles(paths: string): { path: string; content: Kubeconfig }[] {
  const all = paths
    .split(delimiter)
    .filter(path => path !== '')
    .map(path => resolve(path))
  const files = all.flatMap(path => {
    const text = readText(path, all.length > 1)
    return text === undefined ? [] : [{ path, content: parseFile(path, text) }]
  })
  if (files.length > 0) return files
  throw bad(all.join(delimiter), 'KUBECONFIG', 'files of which one exists at least')
}

function readText(path: string, mayBeMissing: boolean): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    if (mayBeMissing && (cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw bad(path, 'KUBECONFIG', `a file that can be read (${(cause as NodeJS.ErrnoException).code})`, cause)
  }
}

function parseFile(path: string, text: string): Kubeconfig {
  try {
    return Kubeconfig.parse(parse(text))
  } catch (cause) {
    throw bad(path, 'KUBECONFIG', EXPECTED, cause)
  }
}

function build(config: KubeConfig, merged: Kubeconfig, source: string): KubeConfig {
  try {
    config.loadFromString(stringify({ ...merged, users: merged.users?.map(readTokenFileAtEachCall) }))
    return keepImpersonation(config, merged)
  } catch (cause) {
    const reason = cause instanceof Error ? ` (${cause.message})` : ''
    throw bad(source, 'KUBECONFIG', `complete${reason}`, cause)
  }
}

// client-node keeps only `as` of it.
function keepImpersonation(config: KubeConfig, merged: Kubeconfig): KubeConfig {
  const given = new Map(merged.users?.map(({ name, user }) => [name, user]))
  config.users = config.users.map(user => ({
    ...user,
    impersonation: Impersonation.parse(given.get(user.name) ?? {}),
  }))
  return config
}

/** As whom the requests of a user are made, in a kubeconfig that `loadKubeconfig` has loaded. */
export function impersonationOf(user: User | null): Impersonation {
  return (user as { impersonation?: Impersonation } | null)?.impersonation ?? {}
}

type NamedUser = NonNullable<Kubeconfig['users']>[number]

// client-node does not know `tokenFile` of a user, but an auth provider of that name.
function readTokenFileAtEachCall(entry: NamedUser): NamedUser {
  const { tokenFile } = (entry.user ?? {}) as { tokenFile?: string }
  if (!tokenFile) return entry
  return { ...entry, user: { ...entry.user, 'auth-provider': { name: 'tokenFile', config: { tokenFile } } } }
}

function withContext(config: KubeConfig, wanted: string | undefined, source: string): KubeConfig {
  const name = wanted ?? config.currentContext
  const field = wanted === undefined ? 'current-context' : 'KUBECONFIG_CONTEXT'
  const names = config.contexts.map(context => context.name)
  if (names.length === 0) throw bad(source, 'KUBECONFIG', EXPECTED)
  if (!name) throw bad(source, 'current-context', `set, or KUBECONFIG_CONTEXT: ${joinWords(names)}`)
  const context = config.contexts.find(candidate => candidate.name === name)
  if (context === undefined)
    throw bad(source, field, `one of its contexts, ${joinWords(names)}, but it is ${name}`)
  config.setCurrentContext(name)
  const cluster = config.getCurrentCluster()
  if (!cluster)
    throw bad(source, `the cluster of context ${name}`, `in "clusters", where ${context.cluster} is not`)
  if (!/^https?:\/\//.test(cluster.server))
    throw bad(source, 'clusters[].cluster.server', 'an http:// or https:// address')
  if (cluster.proxyUrl && !/^(https?|socks5?):\/\//.test(cluster.proxyUrl))
    throw bad(source, 'clusters[].cluster.proxy-url', 'an http://, https:// or socks5:// address')
  const impersonation = impersonationOf(config.getCurrentUser())
  if (!impersonation.as && Object.keys(impersonationHeaders(impersonation)).length > 0)
    throw bad(source, `"as" of user ${context.user}`, 'set with "as-uid", "as-groups" or "as-user-extra"')
  if (context.user && !config.getCurrentUser())
    throw bad(source, `the user of context ${name}`, `in "users", where ${context.user} is not`)
  return config
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
