import { z } from 'zod'

/** Whether a session may still be used. */
export const SessionState = z.object({ state: z.enum(['active', 'ended']) })
export type SessionState = z.infer<typeof SessionState>

/** The key in Redis that exists while a token of an ended session may still be valid. */
export function endedSessionKey(sessionId: string): string {
  return `auth:ended-session:${sessionId}`
}

/**
 * The key in Redis that exists while auth has published every session that ended. It expires within four seconds unless auth renews it, so
 * that a Redis that was emptied, or that auth cannot reach, vouches for nobody.
 */
export const ENDED_SESSIONS_COMPLETE = 'auth:ended-sessions-complete'
