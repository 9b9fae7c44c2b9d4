import type { Verification } from '@goalixa/agents/devops/proposal'
import type { VerificationView } from '../actions.schema.ts'
import type { RecoveryReadings } from './read-recovery.ts'

type Check = RecoveryReadings & {
  at: Date
  /** Time since the last check that was observed. */
  observedMs: number
}
type Streak = { since: string | null; ms: number | null }

/**
 * The verification after one more check. The result is `recovered` or `worse` once that has lasted for `forSeconds`. It is
 * `no-effect` or `unknown` once `withinSeconds` are over and the state has not changed for `forSeconds`, so that one bad check
 * at the end does not undo what helped. Flapping ends after twice the time. Only observed time counts, and it is summed
 * instead of being derived from times of day, which differ from worker to worker.
 */
export function evaluateRecovery(
  last: VerificationView,
  { at, observedMs, recovered, worse, unrelatedAlerts }: Check,
  { forSeconds, withinSeconds }: Verification,
): VerificationView {
  const state = stateOf(recovered)
  const isWorse = worse.some(({ holds }) => holds === true)
  const isSame = state === stateOf(last.readings.filter(({ role }) => role === 'recovered'))
  const extend = (isTrue: boolean, { since, ms }: Streak): Streak => {
    if (!isTrue) return { since: null, ms: null }
    return since === null || ms === null ? { since: at.toISOString(), ms: 0 } : { since, ms: ms + observedMs }
  }
  const holds = extend(state === 'recovered' && !isWorse, { since: last.holdsSince, ms: last.holdsMs })
  const degraded = extend(isWorse, { since: last.worseSince, ms: last.worseMs })
  const same = extend(true, isSame ? { since: last.sameSince, ms: last.sameMs } : { since: null, ms: null })
  const total = last.observedMs + observedMs
  // A streak that has begun may run to its end after the window is over.
  const isOver =
    holds.ms === null &&
    lasted(total, withinSeconds) &&
    (lasted(same.ms, forSeconds) || lasted(total, 2 * withinSeconds))
  let result: VerificationView['result'] = null
  if (isOver) result = state === 'unknown' ? 'unknown' : 'no-effect'
  if (lasted(holds.ms, forSeconds)) result = 'recovered'
  if (lasted(degraded.ms, forSeconds)) result = 'worse'
  return {
    startedAt: last.startedAt,
    lastAt: at.toISOString(),
    observedMs: total,
    holdsSince: holds.since,
    worseSince: degraded.since,
    sameSince: same.since,
    holdsMs: holds.ms,
    worseMs: degraded.ms,
    sameMs: same.ms,
    readings: [...recovered, ...worse, ...unrelatedAlerts],
    result,
  }
}

function lasted(ms: number | null, seconds: number): boolean {
  return ms !== null && ms >= seconds * 1000
}

/** `unknown`: some predicates could not be read, and all others hold. */
function stateOf(recovered: { holds: boolean | null }[]): 'recovered' | 'failing' | 'unknown' {
  if (recovered.some(({ holds }) => holds === false)) return 'failing'
  return recovered.every(({ holds }) => holds === true) ? 'recovered' : 'unknown'
}
