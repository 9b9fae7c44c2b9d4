import { stringAt } from '../objects/json-path.ts'
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

/** The line of a log that says best why things went wrong, or null. Of a JSON line only its message and its error. */
export function findErrorLine(log: Log): string | null {
  for (const sign of SIGNS) {
    const found = log.lines.findLast(line => sign.test(line.text))
    if (found !== undefined) return readable(found.text)
  }
  return null
}

/** The words of a log line: what structured logs hold in their usual fields, any other line as it is. */
export function readable(line: string): string {
  const record = parsed(line)
  const message = stringAt(record, 'msg') ?? stringAt(record, 'message')
  const error = ['err.message', 'error.message', 'error', 'err']
    .map(path => stringAt(record, path))
    .find(one => one !== null)
  const parts = [message, error].filter(part => part !== null && part !== undefined)
  return parts.length === 0 ? line : [...new Set(parts)].join(': ')
}

function parsed(line: string): unknown {
  if (!line.startsWith('{')) return null
  try {
    return JSON.parse(line)
  } catch {
    return null
  }
}
