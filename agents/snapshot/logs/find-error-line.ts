import { stringAt } from '../objects/json-path.ts'
import type { Snapshot } from '../snapshot.ts'

type Log = Snapshot['logs'][number]

// From the most specific reason for a process to end to the least; the first pattern that matches wins, newest line first.
const PATTERNS = [
  /\b(?:bad configuration|missing (?:required )?(?:env|environment|config|setting)|is (?:required|not set)|must be set)\b/i,
  /\b(?:ECONNREFUSED|connection refused|too many (?:connections|clients)|ENOTFOUND|EAI_AGAIN)\b/i,
  /\b(?:\w*Error|\w*Exception|panic|fatal)\b\s*[:\]]/i,
  /\b(?:cannot|could not|failed to|unable to|out of memory)\b/i,
  /"level":\s*(?:"(?:fatal|error)"|[56]0)/,
]

/** The message of the log line that best explains a failure, or null. */
export function findErrorLine(log: Log): string | null {
  for (const pattern of PATTERNS) {
    const found = log.lines.findLast(line => pattern.test(line.text))
    if (found !== undefined) return extractLogMessage(found.text)
  }
  return null
}

/** The message of a log line: of a JSON line its message and error in their usual fields, any other line as it is. */
export function extractLogMessage(line: string): string {
  const record = parseJson(line)
  const message = stringAt(record, 'msg') ?? stringAt(record, 'message')
  const error = ['err.message', 'error.message', 'error', 'err']
    .map(path => stringAt(record, path))
    .find(text => text !== null)
  const parts = [message, error].filter(part => part !== null && part !== undefined)
  return parts.length === 0 ? line : [...new Set(parts)].join(': ')
}

function parseJson(line: string): unknown {
  if (!line.startsWith('{')) return null
  try {
    return JSON.parse(line)
  } catch {
    return null
  }
}
