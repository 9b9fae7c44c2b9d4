import type { Write } from '../write.ts'
import type { WriteCall } from '../write-call.ts'
import type {
  App,
  AppDiff,
  AppList,
  AutoSync,
  DeploymentHistory,
  DeploymentsSince,
  SyncWindows,
} from './app.ts'

export type RollbackRequest = {
  name: string
  id: number
  revision?: string
  content?: string
  withinSeconds?: number
  actionId: string
}
export type SyncRequest = { name: string; revision?: string; withinSeconds?: number; actionId: string }
export type AutoSyncRequest = {
  name: string
  automated: AutoSync
  before?: AutoSync
  leftBy?: string
  actionId: string
}
export type AutoSyncChange = { name: string; automated: AutoSync; before: AutoSync; mark: string }
export type OperationToEnd = { name: string; rollbackTo?: number; actionId: string }
export type RefreshedApp = { name: string; revision: string | null; syncStatus: string | null }

/**
 * The port to a system that deploys from Git: what is deployed, from where, its history, and how to go back. Everything throws
 * `ExpectedError` with a stable code.
 */
export type DeliverySystem = {
  listApps(signal: AbortSignal): Promise<AppList>
  getApp(app: { name: string }, signal: AbortSignal): Promise<App>
  listHistory(app: { name: string }, signal: AbortSignal): Promise<DeploymentHistory>
  listDeploymentsSince(since: { name: string; id: number }, signal: AbortSignal): Promise<DeploymentsSince>
  diffApp(app: { name: string }, signal: AbortSignal): Promise<AppDiff>
  readSyncWindows(app: { name: string }, signal: AbortSignal): Promise<SyncWindows>
  refreshApp(app: { name: string }, call: WriteCall): Promise<RefreshedApp>
  /** Throws `missing` UNKNOWN_HISTORY_ID, `forbidden` ACCOUNT_UNKNOWN, `conflict` STATE_CHANGED or OPERATION_* (see `awaitOperation`, `requestOperation`). */
  rollbackApp: Write<RollbackRequest, { name: string; id: number; revision: string; content: string }>
  /** Throws `forbidden` ACCOUNT_UNKNOWN, `conflict` SEVERAL_SOURCES or OPERATION_*. */
  syncApp: Write<SyncRequest, { name: string; revision: string | null }>
  /** Throws `conflict` GENERATED_APPLICATION where an ApplicationSet would reset it, STATE_CHANGED where auto-sync is neither as it was `before` nor as `leftBy` left it, or changes meanwhile. */
  setAutoSync: Write<AutoSyncRequest, AutoSyncChange>
  /** Throws `conflict` NOT_OUR_OPERATION for an operation that another account or action requested. */
  terminateOperation: Write<OperationToEnd, { name: string; wasRunning: boolean }>
}

/** How long an operation may take, in seconds. */
export const OPERATION_SECONDS = { standard: 300, max: 900 }
