/**
 * What version 0.1 called things that have another name today. Databases, checkpoints and snapshot files still hold the old
 * names: whoever renames something that is stored adds it here, and nowhere else. An entry is never changed or removed.
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

/** What the ids of questions begin with. */
export const RENAMED_QUESTIONS: Record<string, string> = { 'argocd/': 'delivery/', 'github/': 'forge/' }

/** Codes of findings, causes and arguments. */
export const RENAMED_CODES: Record<string, string> = { RELEASE_CAN_NOT_CONNECT: 'RELEASE_CANNOT_CONNECT' }

/** Methods of proposals. */
export const RENAMED_METHODS: Record<string, string> = {
  'argocd-rollback': 'delivery-rollback',
  'argocd-sync': 'delivery-sync',
}

/** Outcomes of verdicts and investigations. */
export const RENAMED_OUTCOMES: Record<string, string> = { none: 'no-fault', unknown: 'inconclusive' }

/** Kinds of timeline entries. */
export const RENAMED_ENTRIES: Record<string, string> = {
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
