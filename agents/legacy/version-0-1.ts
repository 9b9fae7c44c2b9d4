/**
 * Names of version 0.1 that have changed since. Databases, checkpoints and snapshot files still contain the old names: add the
 * rename of anything that is stored here, and nowhere else. Never change or remove an entry.
 */

/** Tools of questions, preconditions, predicates and steps. */
export const RENAMED_TOOLS: Record<string, string> = {
  argocd_diff_app: 'delivery_diff_app',
  argocd_get_app: 'delivery_get_app',
  argocd_list_apps: 'delivery_list_apps',
  argocd_list_history: 'delivery_list_history',
  argocd_read_sync_windows: 'delivery_read_sync_windows',
  argocd_refresh_app: 'delivery_refresh_app',
  argocd_rollback_app: 'delivery_rollback_app',
  argocd_set_auto_sync: 'delivery_set_auto_sync',
  argocd_sync_app: 'delivery_sync_app',
  argocd_terminate_operation: 'delivery_terminate_operation',
  github_close_revert: 'forge_close_revert',
  github_compare_commits: 'forge_compare_commits',
  github_contains_commit: 'forge_contains_commit',
  github_get_commit: 'forge_get_commit',
  github_get_pull_request: 'forge_get_pull_request',
  github_list_commits: 'forge_list_commits',
  github_merge_revert: 'forge_merge_revert',
  github_open_revert: 'forge_open_revert',
  github_read_branch_rules: 'forge_read_branch_rules',
}

/** Prefixes of the ids of questions. */
export const RENAMED_QUESTIONS: Record<string, string> = { 'argocd/': 'delivery/', 'github/': 'forge/' }

/** Codes of findings, causes and arguments. */
export const RENAMED_CODES: Record<string, string> = {
  AUTOSCALER_AGREES: 'AUTOSCALER_AT_LIMIT',
  CALLS_NOT_MEASURED: 'UNMEASURED_CALLS',
  CAME_FIRST: 'TEMPORAL_PRECEDENCE',
  CAME_LATER: 'EFFECT_BEFORE_CAUSE',
  CHANGE_FITS: 'MATCHING_CHANGE',
  EXPLAINS_ALL: 'EXPLAINS_ALL_SYMPTOMS',
  FIRES_WITHOUT_CHANGE: 'PERSISTS_WITHOUT_CHANGE',
  LOG_AGREES: 'LOG_CONFIRMS',
  NOBODY_REACHES_IT: 'UNREACHABLE_FOR_ALL',
  NOT_ALL_READ: 'INCOMPLETE_EVIDENCE',
  NO_CHANGE_FOUND: 'NO_MATCHING_CHANGE',
  OBJECT_SAYS_SO: 'DIRECT_OBSERVATION',
  OLD_PODS_BEAR_IT: 'OLD_REVISION_BEARS_LOAD',
  OLD_PODS_HEALTHY: 'OLD_REVISION_HEALTHY',
  OLD_PODS_TOO: 'OLD_REVISION_FAILING',
  OTHERS_REACH_IT: 'REACHED_BY_OTHERS',
  OTHERS_SICK_TOO: 'OTHERS_UNHEALTHY',
  RELEASED_BEFORE_IT: 'RECENT_CLIENT_RELEASE',
  RELEASE_CAN_NOT_CONNECT: 'RELEASE_CANNOT_CONNECT',
  RIVAL: 'COMPETING_CAUSE',
  SAME_ELSEWHERE: 'SAME_FAULT_ELSEWHERE',
  SERVED_WELL_FIRST: 'DELAYED_ONSET',
  SIBLINGS_HEALTHY: 'OTHERS_HEALTHY',
}

/** Methods of proposals. */
export const RENAMED_METHODS: Record<string, string> = {
  'argocd-rollback': 'delivery-rollback',
  'argocd-sync': 'delivery-sync',
}

/** Outcomes of verdicts and investigations. */
export const RENAMED_OUTCOMES: Record<string, string> = { none: 'no-fault', unknown: 'inconclusive' }

/** States of actions, in the ledger and in checkpoints. The ledger's rows are renamed by migration 011. */
export const RENAMED_STATES: Record<string, string> = {
  'half-done': 'partially-executed',
  'handed-over': 'handed-off',
}

/** Kinds of timeline entries. */
export const RENAMED_ENTRIES: Record<string, string> = {
  'action-handed-over': 'action-handed-off',
  'alerts-left-out': 'alerts-omitted',
  'alerts-refused': 'alerts-rejected',
  asked: 'investigation-requested',
}

/** Members of verdicts, proposals, verifications, reports and snapshots. */
export const RENAMED_FIELDS: Record<string, string> = {
  about: 'scope',
  absent: 'defaultValue',
  aside: 'unrelatedAlerts',
  cleared: 'ruledOut',
  followUp: 'pendingRevert',
  handsOver: 'handoff',
  observed: 'preconditions',
  says: 'message',
}
