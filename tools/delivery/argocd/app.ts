import { z } from 'zod'
import { isOperating } from './operation-in.ts'
import type { RawApplication } from './raw-application.ts'

/** What `delivery_get_app` gives. `automated` is null where auto-sync is off; `parent` owns the application's own spec. */
export const App = z.object({
  name: z.string(),
  project: z.string(),
  namespace: z.string().nullable(),
  repoUrl: z.string().nullable(),
  path: z.string().nullable(),
  targetRevision: z.string().nullable(),
  syncStatus: z.string().nullable(),
  revision: z.string().nullable(),
  health: z.string().nullable(),
  automated: z.object({ prune: z.boolean(), selfHeal: z.boolean() }).nullable(),
  operation: z
    .object({
      phase: z.string(),
      message: z.string().nullable(),
      startedAt: z.string().nullable(),
      finishedAt: z.string().nullable(),
      revision: z.string().nullable(),
    })
    .nullable(),
  /** Whether an operation was asked for or runs; a finished one, however it ended, does not count. */
  isOperating: z.boolean(),
  conditions: z.array(z.object({ type: z.string(), message: z.string() })),
  resources: z.array(
    z.object({
      kind: z.string(),
      namespace: z.string().nullable(),
      name: z.string(),
      status: z.string().nullable(),
      health: z.string().nullable(),
    }),
  ),
  parent: z.string().nullable(),
  images: z.array(z.string()),
  hasHooks: z.boolean(),
})
export type App = z.infer<typeof App>

/** An application as Syntra's reads give it. Of several sources the first is shown. */
export function appOf(raw: RawApplication): App {
  const { metadata, spec, status } = raw
  const source = spec.source ?? spec.sources?.[0]
  return {
    name: metadata.name,
    project: spec.project,
    namespace: spec.destination?.namespace ?? null,
    repoUrl: source?.repoURL ?? null,
    path: source?.path ?? null,
    targetRevision: source?.targetRevision ?? null,
    syncStatus: status?.sync?.status ?? null,
    revision: status?.sync?.revision || (status?.sync?.revisions?.[0] ?? null),
    health: status?.health?.status ?? null,
    automated: automatedOf(raw),
    operation: operationOf(raw),
    isOperating: isOperating(raw),
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

// `enabled: false` turns auto-sync off since Argo CD 3.1; before, the mere presence of `automated` turned it on.
function automatedOf({ spec }: RawApplication): App['automated'] {
  const automated = spec.syncPolicy?.automated
  if (!automated || automated.enabled === false) return null
  return { prune: automated.prune ?? false, selfHeal: automated.selfHeal ?? false }
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
  }
}

function parentOf({ metadata }: RawApplication): string | null {
  const set = metadata.ownerReferences?.find(owner => owner.kind === 'ApplicationSet')
  if (set) return `ApplicationSet/${set.name}`
  const trackedBy = metadata.annotations?.['argocd.argoproj.io/tracking-id']?.split(':')[0]
  const instance = trackedBy ?? metadata.labels?.['app.kubernetes.io/instance']
  return instance && instance !== metadata.name ? instance : null
}

function hasHooks({ status }: RawApplication): boolean {
  const ranHooks = status?.operationState?.syncResult?.resources?.some(({ hookType }) => hookType)
  return Boolean(ranHooks || status?.resources?.some(({ hook }) => hook))
}
