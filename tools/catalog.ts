import { ExpectedError } from '@goalixa/chassis/errors'
import type { z } from 'zod'
import { listNotifiedAlerts } from './alertmanager/list-alerts.ts'
import { diffApp } from './delivery/diff-app.ts'
import { getApp } from './delivery/get-app.ts'
import { listApps } from './delivery/list-apps.ts'
import { listDeploymentsSince } from './delivery/list-deployments-since.ts'
import { listHistory } from './delivery/list-history.ts'
import { readSyncWindows } from './delivery/read-sync-windows.ts'
import { refreshApp } from './delivery/refresh-app.ts'
import { rollbackApp } from './delivery/rollback-app.ts'
import { setAutoSync } from './delivery/set-auto-sync.ts'
import { syncApp } from './delivery/sync-app.ts'
import { terminateOperation } from './delivery/terminate-operation.ts'
import { closeRevert } from './forge/close-revert.ts'
import { compareCommits } from './forge/compare-commits.ts'
import { containsCommit } from './forge/contains-commit.ts'
import { getCommit } from './forge/get-commit.ts'
import { getPullRequest } from './forge/get-pull-request.ts'
import { listCommits } from './forge/list-commits.ts'
import { mergeRevert } from './forge/merge-revert.ts'
import { openRevert } from './forge/open-revert.ts'
import { readBranchRules } from './forge/read-branch-rules.ts'
import { canI } from './kubernetes/can-i.ts'
import { getObject } from './kubernetes/get-object.ts'
import { listEvents } from './kubernetes/list-events.ts'
import { listObjects } from './kubernetes/list-objects.ts'
import { listPodMetrics } from './kubernetes/list-pod-metrics.ts'
import { readLogs } from './kubernetes/read-logs.ts'
import { restartWorkload } from './kubernetes/restart-workload.ts'
import { rolloutHistory } from './kubernetes/rollout-history.ts'
import { scaleWorkload } from './kubernetes/scale-workload.ts'
import { undoRollout } from './kubernetes/undo-rollout.ts'
import { listRuleAlerts } from './prometheus/list-alerts.ts'
import { listMetadata } from './prometheus/list-metadata.ts'
import { listTargets } from './prometheus/list-targets.ts'
import { query } from './prometheus/query.ts'
import { queryRange } from './prometheus/query-range.ts'
import { readAlertRule } from './prometheus/read-alert-rule.ts'
import { findRunbooks } from './runbooks/find-runbooks.ts'
import type { ReadTool, Tool, WriteTool } from './tool.ts'

const READ_TOOLS = [
  listObjects,
  getObject,
  canI,
  listEvents,
  readLogs,
  rolloutHistory,
  listPodMetrics,
  query,
  queryRange,
  listRuleAlerts,
  readAlertRule,
  listTargets,
  listMetadata,
  listNotifiedAlerts,
  listApps,
  getApp,
  listHistory,
  listDeploymentsSince,
  diffApp,
  readSyncWindows,
  compareCommits,
  getCommit,
  listCommits,
  getPullRequest,
  containsCommit,
  readBranchRules,
  findRunbooks,
] as const

const WRITE_TOOLS = [
  undoRollout,
  restartWorkload,
  scaleWorkload,
  rollbackApp,
  syncApp,
  setAutoSync,
  terminateOperation,
  refreshApp,
  openRevert,
  mergeRevert,
  closeRevert,
] as const

export type ReadToolName = (typeof READ_TOOLS)[number]['name']
export type WriteToolName = (typeof WRITE_TOOLS)[number]['name']

/** What a write tool is called with, before its schema has filled in defaults. */
export type WriteToolInput<Name extends WriteToolName> = z.input<
  Extract<(typeof WRITE_TOOLS)[number], { name: Name }>['input']
>

/** Every tool that only reads; these and no others may be given to a model. */
export const readTools: readonly ReadTool[] = READ_TOOLS

/** Every tool that changes something. Whether it may run is decided elsewhere. */
export const writeTools: readonly WriteTool[] = WRITE_TOOLS

/** Every tool there is. */
export const allTools: readonly Tool[] = [...readTools, ...writeTools]

const BY_NAME = new Map(allTools.map(tool => [tool.name, tool]))

type ToolNamed<Name extends string> = Extract<
  (typeof READ_TOOLS)[number] | (typeof WRITE_TOOLS)[number],
  { name: Name }
>

/** The tool of that name; throws `missing` NO_SUCH_TOOL. */
export function findTool<Name extends ReadToolName | WriteToolName>(name: Name): ToolNamed<Name>
export function findTool(name: string): Tool
export function findTool(name: string): Tool {
  const tool = BY_NAME.get(name)
  if (tool) return tool
  throw new ExpectedError(
    'missing',
    'NO_SUCH_TOOL',
    `There is no tool named ${JSON.stringify(name.slice(0, 80))}.`,
  )
}
