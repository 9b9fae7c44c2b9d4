import type { Log } from '@goalixa/chassis/log'
import type { ApplicationStore } from '../applications/create-application-store.ts'
import type { Cluster } from '../cluster/create-cluster.ts'
import type { ProjectStore } from '../projects/create-project-store.ts'
import type { GitSource } from '../repositories/create-git-source.ts'

export type OperationDeps = {
  store: ApplicationStore
  projects: ProjectStore
  git: GitSource
  cluster: Cluster
  now: () => Date
  /** Aborted when the controller stops. */
  stopping: AbortSignal
  endsBlockedOperations: boolean
  retryMs: number
  log: Log
}
