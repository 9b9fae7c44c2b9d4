export type Source = {
  repoURL: string
  path?: string
  targetRevision?: string
  directory?: { recurse?: boolean }
}
export type Automated = { prune?: boolean; selfHeal?: boolean; allowEmpty?: boolean; enabled?: boolean }
export type SyncPolicy = {
  automated?: Automated | null
  syncOptions?: string[]
  retry?: { limit?: number }
}
export type Destination = { server?: string; name?: string; namespace?: string }
export type IgnoredDifference = {
  group?: string
  kind: string
  name?: string
  namespace?: string
  jsonPointers?: string[]
}
export type ApplicationSpec = {
  project: string
  source: Source
  destination: Destination
  syncPolicy?: SyncPolicy | null
  ignoreDifferences?: IgnoredDifference[]
  revisionHistoryLimit?: number
}

export type InitiatedBy = { username?: string; automated?: boolean }
export type ResourceSelector = { group?: string; kind: string; name: string; namespace?: string }
export type SyncOperation = {
  revision?: string
  prune?: boolean
  dryRun?: boolean
  source?: Source
  syncStrategy?: { apply?: object; hook?: object }
  resources?: ResourceSelector[]
  syncOptions?: string[]
}
export type Operation = {
  sync: SyncOperation
  initiatedBy?: InitiatedBy
  /** How often it is begun again after a failure. */
  retry?: { limit?: number }
  info?: { name: string; value: string }[]
}
export type OperationPhase = 'Running' | 'Terminating' | 'Succeeded' | 'Failed' | 'Error'
export type ResourceResult = {
  group: string
  version: string
  kind: string
  namespace: string
  name: string
  status?: 'Synced' | 'SyncFailed' | 'Pruned' | 'PruneSkipped'
  message?: string
  hookType?: string
  hookPhase?: OperationPhase
  syncPhase: string
}
export type OperationState = {
  operation: Operation
  phase: OperationPhase
  message?: string
  startedAt: string
  finishedAt?: string
  retryCount?: number
  syncResult?: { revision: string; source: Source; resources: ResourceResult[] }
}

export type HealthStatus = 'Healthy' | 'Suspended' | 'Progressing' | 'Missing' | 'Degraded' | 'Unknown'
export type Health = { status: HealthStatus; message?: string; lastTransitionTime?: string }
export type ResourceStatus = {
  group?: string
  version: string
  kind: string
  namespace?: string
  name: string
  status?: 'Synced' | 'OutOfSync'
  health?: Health
  requiresPruning?: boolean
  syncWave?: number
  hook?: boolean
}
export type HistoryEntry = {
  id: number
  revision: string
  source: Source
  deployStartedAt: string
  deployedAt: string
  initiatedBy: InitiatedBy
}
export type Condition = { type: string; message: string; lastTransitionTime: string }
export type ApplicationStatus = {
  sync: {
    status: 'Synced' | 'OutOfSync' | 'Unknown'
    revision?: string
    comparedTo: { source: Source; destination: Destination }
  }
  health: Health
  resources?: ResourceStatus[]
  history?: HistoryEntry[]
  conditions?: Condition[]
  operationState?: OperationState
  summary: { images?: string[] }
  sourceType?: 'Directory'
  reconciledAt?: string
}

export type Application = {
  apiVersion: 'argoproj.io/v1alpha1'
  kind: 'Application'
  metadata: {
    name: string
    namespace: string
    uid: string
    resourceVersion: string
    generation: number
    creationTimestamp: string
    deletionTimestamp?: string
    labels?: Record<string, string>
    annotations?: Record<string, string>
    finalizers?: string[]
  }
  spec: ApplicationSpec
  operation?: Operation
  status: ApplicationStatus
}

/** The namespace of Argo CD itself, in which applications live unless they name another one. */
export const ARGOCD_NAMESPACE = 'argocd'

/** The name under which an application is stored and tracks its objects: `namespace_name` outside Argo CD's own namespace. */
export function instanceName({
  namespace,
  name,
}: Pick<Application['metadata'], 'namespace' | 'name'>): string {
  return namespace === ARGOCD_NAMESPACE ? name : `${namespace}_${name}`
}

/**
 * Returns the auto-sync settings if auto-sync is on. Since Argo CD 3.1, `enabled: false` turns it off and keeps the
 * other settings.
 */
export function automatedOf({ spec }: Application): Automated | null {
  const automated = spec.syncPolicy?.automated
  return automated && automated.enabled !== false ? automated : null
}

/** Returns whether an operation is requested or running. */
export function isOperating({ operation, status }: Application): boolean {
  const phase = status.operationState?.phase
  return operation !== undefined || phase === 'Running' || phase === 'Terminating'
}
