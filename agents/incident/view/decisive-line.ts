import type { Snapshot } from '../snapshot.ts'

type Log = Snapshot['logs'][number]

// From the surest sign of why a process ended to the weakest; the first pattern that matches wins, newest line first.
const SIGNS = [
  /\b(?:bad configuration|missing (?:required )?(?:env|environment|config|setting)|is (?:required|not set)|must be set)\b/i,
  /\b(?:ECONNREFUSED|connection refused|too many (?:connections|clients)|ENOTFOUND|EAI_AGAIN)\b/i,
  /\b(?:\w*Error|\w*Exception|panic|fatal)\b\s*[:\]]/i,
  /\b(?:cannot|could not|failed to|unable to|out of memory)\b/i,
  /"level":\s*(?:"(?:fatal|error)"|[56]0)/,
]

/** The line of a log that says best why things went wrong, or null. */
export function decisiveLine(log: Log): string | null {
  for (const sign of SIGNS) {
    const found = log.lines.findLast(one => sign.test(one.text))
    if (found !== undefined) return found.text
  }
  return null
}
