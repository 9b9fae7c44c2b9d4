import { z } from 'zod'

const Operation = z.object({
  phase: z.string(),
  message: z.string().nullable(),
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
  revision: z.string().nullable(),
  /** How often it has failed and was begun again; its phase stays Running until the last attempt. */
  retries: z.number(),
})

/** Auto-sync and its options; null where it is off. */
export const AutoSync = z
  .strictObject({ prune: z.boolean(), selfHeal: z.boolean(), allowEmpty: z.boolean().optional() })
  .nullable()
export type AutoSync = z.infer<typeof AutoSync>

/** What a delivery system deploys together. `automated` is null where auto-sync is off; `parent` owns the app's own spec. */
export const App = z.object({
  /** `namespace/name` for an app that is not in the namespace of the delivery system. */
  name: z.string(),
  project: z.string(),
  /** Where it deploys to; `in-cluster` is the cluster in which the delivery system runs. */
  namespace: z.string().nullable(),
  cluster: z.string().nullable(),
  repoUrl: z.string().nullable(),
  path: z.string().nullable(),
  targetRevision: z.string().nullable(),
  /** Of several sources only the first is shown. */
  hasSeveralSources: z.boolean(),
  syncStatus: z.string().nullable(),
  /** The commit that was compared with the cluster; null where Git could not be read or rendered. */
  revision: z.string().nullable(),
  health: z.string().nullable(),
  automated: AutoSync,
  operation: Operation.nullable(),
  /**
   * Whether an operation is requested or running. A finished one does not count, however it ended, nor one that only retries a
   * failed automatic sync: Syntra terminates that before it requests its own.
   */
  isOperating: z.boolean(),
  conditions: z.array(z.object({ type: z.string(), message: z.string() })),
  resources: z.array(
    z.object({
      kind: z.string(),
      namespace: z.string().nullable(),
      name: z.string(),
      status: z.string().nullable(),
      /** Null in a list of apps, which Argo CD gives without it. */
      health: z.string().nullable(),
    }),
  ),
  parent: z.string().nullable(),
  images: z.array(z.string()),
  hasHooks: z.boolean(),
})
export type App = z.infer<typeof App>

export const AppList = z.object({ apps: z.array(App) })
export type AppList = z.infer<typeof AppList>

/** Successful deployments, newest first; Argo CD keeps the last ten by default. */
export const DeploymentHistory = z.object({
  history: z.array(
    z.object({
      id: z.number(),
      revision: z.string().nullable(),
      /** Equal for deployments of the same revisions of the same sources with the same parameters, and for no others. */
      content: z.string(),
      deployedAt: z.string().nullable(),
      deployStartedAt: z.string().nullable(),
      initiatedBy: z.string().nullable(),
    }),
  ),
})
export type DeploymentHistory = z.infer<typeof DeploymentHistory>

/** The deployments after another one, newest first. `requestedBy`: `automation` is the delivery system itself, `unknown` an entry that names nobody. */
export const DeploymentsSince = z.object({
  deployments: z.array(
    z.object({
      id: z.number(),
      revision: z.string().nullable(),
      requestedBy: z.enum(['syntra', 'automation', 'other', 'unknown']),
    }),
  ),
  /** Whether all of them deployed the same revisions of the same sources, with the same parameters. */
  isSameContent: z.boolean(),
})
export type DeploymentsSince = z.infer<typeof DeploymentsSince>

/** Objects that differ from Git; a path of '' means that the object is missing on one side. */
export const AppDiff = z.object({
  /** The commit that was compared with; null where that is not certain, for example because it changed during the read. */
  revision: z.string().nullable(),
  differences: z.array(
    z.object({
      kind: z.string(),
      namespace: z.string().nullable(),
      name: z.string(),
      changes: z.array(z.object({ path: z.string(), live: z.json(), desired: z.json() })),
    }),
  ),
})
export type AppDiff = z.infer<typeof AppDiff>

export const SyncWindow = z.looseObject({
  kind: z.string().nullish(),
  schedule: z.string().nullish(),
  duration: z.string().nullish(),
})

/** Whether an app may be synced by a person now, and the windows that decide it. */
export const SyncWindows = z.object({
  canSync: z.boolean(),
  active: z.array(SyncWindow),
  assigned: z.array(SyncWindow),
})
export type SyncWindows = z.infer<typeof SyncWindows>
