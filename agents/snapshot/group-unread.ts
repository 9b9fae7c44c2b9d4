import { unreadLabel } from './unread-label.ts'

/** Reads through one system that failed in the same way, or that were not possible because it is not configured. */
export type UnreadGroup = { labels: string[]; reason: string; isConfigured: boolean }

/** What could not be read; of verdicts before version 0.2 neither tool nor code is known. */
type Unread = {
  question: string
  part?: string | undefined
  tool?: string | undefined
  code?: string | undefined
  reason: string
}

/**
 * What could not be read, grouped by reason, or more coarsely by system and code: the largest group first, systems that are not configured
 * last. The reason is that of the first read of a group.
 */
export function groupUnread(unread: readonly Unread[], by: 'reason' | 'code'): UnreadGroup[] {
  const groups = new Map<string, UnreadGroup>()
  for (const { question, part, tool, code, reason } of unread) {
    const key =
      by === 'reason' || tool === undefined || code === undefined ? reason : `${systemOf(tool)} ${code}`
    const group = groups.get(key) ?? { labels: [], reason, isConfigured: code !== 'NOT_CONFIGURED' }
    const label = unreadLabel({ question, part })
    if (!group.labels.includes(label)) group.labels.push(label)
    groups.set(key, group)
  }
  return [...groups.values()].toSorted(
    (a, b) => Number(b.isConfigured) - Number(a.isConfigured) || b.labels.length - a.labels.length,
  )
}

/** Tools are named `<system>_<verb>_<object>`. */
function systemOf(tool: string): string {
  return tool.split('_', 1)[0] ?? tool
}
