import type { Application, Operation, ResourceResult } from '../applications/application.ts'
import type { Cluster } from '../cluster/create-cluster.ts'
import type { Targets } from '../controller/load-targets.ts'

export type SyncRun = {
  cluster: Cluster
  application: Application
  operation: Operation
  targets: Targets
  report: (result: ResourceResult) => void
  signal: AbortSignal
}
