import { ENDED_SESSIONS_COMPLETE, endedSessionKey } from '@goalixa/auth/sessions/ended-sessions.schema'
import type { Redis } from '@goalixa/chassis/connect-redis'

// A Redis that hangs delays one request in this time instead of all.
const RETRY_MS = 1_000

/**
 * Creates the reader of the ended sessions that auth publishes in Redis, one round trip each. `undefined` means that Redis cannot tell: it is
 * away, or has lost its data, or auth no longer vouches for it.
 */
export function createPublishedSessions({ redis, now }: { redis: Redis; now: () => number }) {
  let failedAt = Number.NEGATIVE_INFINITY

  return async function find(sessionId: string): Promise<'active' | 'ended' | undefined> {
    if (now() - failedAt < RETRY_MS) return undefined
    const found = await redis.mget(endedSessionKey(sessionId), ENDED_SESSIONS_COMPLETE).catch(() => undefined)
    if (found === undefined) {
      failedAt = now()
      return undefined
    }
    const [ended, isComplete] = found
    if (ended !== null) return 'ended'
    return isComplete === null ? undefined : 'active'
  }
}
export type PublishedSessions = ReturnType<typeof createPublishedSessions>
