import type { ConfidenceCheck } from '../check.ts'

/** A log line that the root rests on is a second, independent witness. */
export const logAgrees: ConfidenceCheck = ({ view, chain: { root } }) => {
  const logs = view.snapshot.logs.filter(one => root.evidence.includes(one.evidence)).map(one => one.evidence)
  if (logs.length === 0) return []
  const evidence = [...new Set(logs)]
  return [{ side: 'for', code: 'LOG_AGREES', message: 'the log of the process says the same', evidence }]
}
