import type { Verification } from '@goalixa/agents/devops/proposal'
import type { Reading, VerificationView } from '../actions.schema.ts'

type Look = { at: Date; recovered: Reading[]; worse: Reading[]; unrelatedAlerts: Reading[] }

/**
 * What is known after one more look. Recovered, or worse, once it lasted for `forSeconds`. In vain (no effect, or unknown)
 * once `withinSeconds` are over and it has been no better, or not to be read, for as long: one bad look at the end does not
 * undo what helped. What goes to and fro is given up after twice the time.
 */
export function evaluateRecovery(
  last: VerificationView,
  { at, recovered, worse, unrelatedAlerts }: Look,
  { forSeconds, withinSeconds }: Verification,
): VerificationView {
  const since = (isSo: boolean, before: string | null) => (isSo ? (before ?? at.toISOString()) : null)
  const lasted = (from: string | null, seconds: number) =>
    from !== null && at.getTime() - Date.parse(from) >= seconds * 1000
  const state = stateOf(recovered)
  const isWorse = worse.some(({ holds }) => holds === true)
  const isSame = state === stateOf(last.readings.filter(({ role }) => role === 'recovered'))
  const holdsSince = since(state === 'good' && !isWorse, last.holdsSince)
  const worseSince = since(isWorse, last.worseSince)
  const sameSince = since(true, isSame ? last.sameSince : null)
  // What has just recovered may still show that it holds: the window ends, a running streak does not.
  const isInVain =
    holdsSince === null &&
    lasted(last.startedAt, withinSeconds) &&
    (lasted(sameSince, forSeconds) || lasted(last.startedAt, 2 * withinSeconds))
  let result: VerificationView['result'] = null
  if (isInVain) result = state === 'blind' ? 'unknown' : 'no-effect'
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

/** `blind`: nothing that was read speaks against a recovery, and not everything was read. */
function stateOf(recovered: Reading[]): 'good' | 'bad' | 'blind' {
  if (recovered.some(({ holds }) => holds === false)) return 'bad'
  return recovered.every(({ holds }) => holds === true) ? 'good' : 'blind'
}
