const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

/** Milliseconds: how long a session lives without use and at all, and how long a lost answer may be asked for again. */
export const LIFE = { idleMs: 7 * DAY_MS, absoluteMs: 30 * DAY_MS, lostAnswerMs: MINUTE_MS }

export type RefreshState = {
  counter: number
  createdAt: Date
  rotatedAt: Date
  isRevoked: boolean
  isOutdated: boolean
}
export type Judgement = 'rotate' | 'repeat' | 'reuse' | 'ended'

/**
 * What a genuine refresh token with this counter means for its session (../shared/product.md §3, after supabase/auth).
 * The current token rotates. The one just before is answered again with the same successor, for a minute and only
 * while the successor is unused: once that was used, the counter has moved on and the old one is two behind. So no
 * separate "confirmed" mark is kept. Any other token was copied: the whole session must end.
 */
export function judgeRefresh(session: RefreshState, counter: number, nowMs: number): Judgement {
  if (session.isRevoked || session.isOutdated) return 'ended'
  const sinceRotationMs = nowMs - session.rotatedAt.getTime()
  if (sinceRotationMs > LIFE.idleMs || nowMs - session.createdAt.getTime() > LIFE.absoluteMs) return 'ended'
  if (counter === session.counter) return 'rotate'
  if (counter === session.counter - 1 && sinceRotationMs <= LIFE.lostAnswerMs) return 'repeat'
  return 'reuse'
}
