import { ENDED_SESSIONS_COMPLETE, endedSessionKey } from '@goalixa/auth/sessions/ended-sessions.schema'
import type { Redis } from '@goalixa/chassis/connect-redis'
import type { CircuitBreaker } from '@goalixa/chassis/create-circuit-breaker'

/**
 * Creates the reader of the ended sessions that auth publishes in Redis, one round trip each. `undefined` means that Redis cannot tell: it is
 * away, or has lost its data, or auth no longer vouches for it.
 */
export function createEndedSessionReader({ redis, attempt }: { redis: Redis; attempt: CircuitBreaker }) {
  return async function find(sessionId: string): Promise<'active' | 'ended' | undefined> {
    const found = await attempt(() => redis.mget(endedSessionKey(sessionId), ENDED_SESSIONS_COMPLETE))
    if (found === undefined) return undefined
    const [ended, isComplete] = found
    if (ended !== null) return 'ended'
    return isComplete === null ? undefined : 'active'
  }
}
export type EndedSessionReader = ReturnType<typeof createEndedSessionReader>
