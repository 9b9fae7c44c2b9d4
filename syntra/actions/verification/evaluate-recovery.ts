import type { Verification } from '@goalixa/agents/devops/proposal'
import type { Reading, VerificationView } from '../actions.schema.ts'

type Check = { at: Date; recovered: Reading[]; worse: Reading[]; unrelatedAlerts: Reading[] }

/**
 * The verification after one more check. The result is `recovered` or `worse` once that has lasted for `forSeconds`. It is
 * `no-effect` or `unknown` once `withinSeconds` are over and the state has not changed for `forSeconds`, so that one bad check
 * at the end does not undo what helped. Flapping ends after twice the time.
 */
export function evaluateRecovery(
  last: VerificationView,
  { at, recovered, worse, unrelatedAlerts }: Check,
  { forSeconds, withinSeconds }: Verification,
): VerificationView {
  const since = (isTrue: boolean, before: string | null) => (isTrue ? (before ?? at.toISOString()) : null)
  const lasted = (from: string | null, seconds: number) =>
    from !== null && at.getTime() - Date.parse(from) >= seconds * 1000
  const state = stateOf(recovered)
  const isWorse = worse.some(({ holds }) => holds === true)
  const isSame = state === stateOf(last.readings.filter(({ role }) => role === 'recovered'))
  const holdsSince = since(state === 'recovered' && !isWorse, last.holdsSince)
  const worseSince = since(isWorse, last.worseSince)
  const sameSince = since(true, isSame ? last.sameSince : null)
  // A streak that has begun may run to its end after the window is over.
  const isOver =
    holdsSince === null &&
    lasted(last.startedAt, withinSeconds) &&
    (lasted(sameSince, forSeconds) || lasted(last.startedAt, 2 * withinSeconds))
  let result: VerificationView['result'] = null
  if (isOver) result = state === 'unknown' ? 'unknown' : 'no-effect'
  if (lasted(holdsSince, forSeconds)) result = 'recovered'
  if (lasted(worseSince, forSeconds)) result = 'worse'
  return {
    startedAt: last.startedAt,
    lastAt: at.toISOString(),
    holdsSince,
    worseSince,
    sameSince,
    readings: [...recovered, ...worse, ...unrelatedAlerts],
    result,
  }
}

/** `unknown`: some predicates could not be read, and all others hold. */
function stateOf(recovered: Reading[]): 'recovered' | 'failing' | 'unknown' {
  if (recovered.some(({ holds }) => holds === false)) return 'failing'
  return recovered.every(({ holds }) => holds === true) ? 'recovered' : 'unknown'
}
