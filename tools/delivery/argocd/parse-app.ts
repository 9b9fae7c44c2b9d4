import type { App } from '../app.ts'
import { autoSyncOf } from './auto-sync-of.ts'
import { isOperating, isRetryOfAutoSync } from './operation-in.ts'
import { qualifiedName } from './qualified-name.ts'
import type { RawApplication } from './raw-application.ts'
import { type ClusterNames, normaliseServer } from './read-cluster-names.ts'

/** Converts Argo CD's Application. Of several sources, only the first is returned. */
export function parseApp(raw: RawApplication, clusterNames: ClusterNames = new Map()): App {
  const { spec, status } = raw
  const source = spec.sources?.[0] ?? spec.source
  return {
    name: qualifiedName(raw),
    project: spec.project,
    namespace: spec.destination?.namespace ?? null,
    cluster: clusterOf(raw, clusterNames),
    repoUrl: source?.repoURL ?? null,
    path: source?.path ?? null,
    targetRevision: source?.targetRevision ?? null,
    hasSeveralSources: hasSeveralSources(raw),
    syncStatus: status?.sync?.status ?? null,
    revision: comparedRevision(raw),
    health: status?.health?.status ?? null,
    automated: autoSyncOf(raw),
    operation: operationOf(raw),
    isOperating: isOperating(raw) && !isRetryOfAutoSync(raw),
    conditions: (status?.conditions ?? []).map(({ type, message }) => ({ type, message })),
    resources: (status?.resources ?? []).map(({ kind, namespace, name, status, health }) => ({
      kind,
      namespace: namespace || null,
      name,
      status: status ?? null,
      health: health?.status ?? null,
    })),
    parent: parentOf(raw),
    images: status?.summary?.images ?? [],
    hasHooks: hasHooks(raw),
  }
}

/** Where Git cannot be read or rendered, Argo CD gives the name of the branch instead of a commit. */
function comparedRevision({ status }: RawApplication): string | null {
  if (status?.sync?.status === 'Unknown') return null
  return status?.sync?.revision || (status?.sync?.revisions?.[0] ?? null)
}

/** Whether an application is composed of several sources; Argo CD then ignores `spec.source`. */
export function hasSeveralSources({ spec }: RawApplication): boolean {
  return (spec.sources ?? []).length > 0
}

function operationOf({ status }: RawApplication): App['operation'] {
  const state = status?.operationState
  if (!state) return null
  return {
    phase: state.phase,
    message: state.message ?? null,
    startedAt: state.startedAt ?? null,
    finishedAt: state.finishedAt ?? null,
    revision: state.syncResult?.revision || state.operation?.sync?.revision || null,
    retries: state.retryCount ?? 0,
  }
}

function parentOf(raw: RawApplication): string | null {
  const { metadata } = raw
  const set = metadata.ownerReferences?.find(owner => owner.kind === 'ApplicationSet')
  if (set) return `ApplicationSet/${set.name}`
  const trackedBy = metadata.annotations?.['argocd.argoproj.io/tracking-id']?.split(':')[0]
  // An application in another namespace than Argo CD's tracks as `namespace_name`; no name contains the underscore.
  const instance = trackedBy?.replace('_', '/') ?? metadata.labels?.['app.kubernetes.io/instance']
  return instance && instance !== metadata.name && instance !== qualifiedName(raw) ? instance : null
}

/** The destination by its name in Argo CD, else by its address; `in-cluster` is the cluster in which Argo CD runs. */
function clusterOf({ spec }: RawApplication, names: ClusterNames): string | null {
  const { name, server } = spec.destination ?? {}
  if (server === 'https://kubernetes.default.svc') return 'in-cluster'
  return name || (server && names.get(normaliseServer(server))) || server || null
}

function hasHooks({ status }: RawApplication): boolean {
  const ranHooks = status?.operationState?.syncResult?.resources?.some(({ hookType }) => hookType)
  return Boolean(ranHooks || status?.resources?.some(({ hook }) => hook))
}
