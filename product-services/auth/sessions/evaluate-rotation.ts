const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

/** Lifetimes in milliseconds: an unused session, any session, and the grace period to repeat a refresh whose answer was lost. */
export const LIFETIME = { idleMs: 7 * DAY_MS, absoluteMs: 30 * DAY_MS, lostAnswerMs: MINUTE_MS }

export type RotationState = {
  counter: number
  createdAt: Date
  rotatedAt: Date
  isRevoked: boolean
  isOutdated: boolean
}
export type RotationDecision = 'rotate' | 'repeat' | 'reuse' | 'ended'

/**
 * Decides what a genuine refresh token with this counter means for its session. The current token rotates. Its direct
 * predecessor gets the same successor again, for a minute and only while the successor is unused: using the successor
 * increments the counter, and then the predecessor is two behind. So no separate "confirmed" flag is needed. Any other
 * token has been copied: the whole session must end. Source: the refresh tokens of supabase/auth, with a tighter window.
 */
export function evaluateRotation(session: RotationState, counter: number, nowMs: number): RotationDecision {
  if (session.isRevoked || session.isOutdated) return 'ended'
  const sinceRotationMs = nowMs - session.rotatedAt.getTime()
  if (sinceRotationMs > LIFETIME.idleMs || nowMs - session.createdAt.getTime() > LIFETIME.absoluteMs)
    return 'ended'
  if (counter === session.counter) return 'rotate'
  if (counter === session.counter - 1 && sinceRotationMs <= LIFETIME.lostAnswerMs) return 'repeat'
  return 'reuse'
}
