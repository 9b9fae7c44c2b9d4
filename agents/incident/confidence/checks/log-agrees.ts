import type { ConfidenceCheck } from '../check.ts'

/** A log line that the root rests on is a second, independent witness. */
export const logAgrees: ConfidenceCheck = ({ view, chain: { root } }) => {
  const logs = view.snapshot.logs.filter(log => root.evidence.includes(log.evidence)).map(log => log.evidence)
  if (logs.length === 0) return []
  const evidence = [...new Set(logs)]
  return [{ side: 'for', code: 'LOG_AGREES', message: 'the log of the process says the same', evidence }]
}
