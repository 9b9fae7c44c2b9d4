/** The kind of a precondition of version 0.1, by the tool that reads it: each kind had its own tool. */
const KINDS: Record<string, string> = {
  kubernetes_get_object: 'object-unchanged',
  delivery_list_history: 'nothing-deployed',
  forge_list_commits: 'nothing-committed',
  delivery_get_app: 'no-operation',
  delivery_read_sync_windows: 'sync-allowed',
}

/** A precondition of version 0.1 with its kind. One that already has a kind, or that is not recognised, stays as it is. */
export function upgradePrecondition(precondition: unknown): unknown {
  if (typeof precondition !== 'object' || precondition === null || 'kind' in precondition) return precondition
  const tool = 'tool' in precondition ? String(precondition.tool) : ''
  return Object.hasOwn(KINDS, tool) ? { kind: KINDS[tool], ...precondition } : precondition
}
