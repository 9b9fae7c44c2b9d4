import { ENDED_SESSIONS_COMPLETE, endedSessionKey } from '@goalixa/auth/sessions/ended-sessions.schema'
import type { Redis } from '@goalixa/chassis/connect-redis'

/**
 * Creates the reader of the ended sessions that auth publishes in Redis, one round trip each. `undefined` means that Redis cannot tell: it is
 * away, or has lost its data, or auth no longer vouches for it.
 */
export function createPublishedSessions(redis: Redis) {
  return async function find(sessionId: string): Promise<'active' | 'ended' | undefined> {
    const found = await redis.mget(endedSessionKey(sessionId), ENDED_SESSIONS_COMPLETE).catch(() => undefined)
    if (found === undefined) return undefined
    const [ended, isComplete] = found
    if (ended !== null) return 'ended'
    return isComplete === null ? undefined : 'active'
  }
}
export type PublishedSessions = ReturnType<typeof createPublishedSessions>
