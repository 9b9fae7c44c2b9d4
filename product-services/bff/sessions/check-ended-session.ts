import { SessionState } from '@goalixa/auth/sessions/ended-sessions.schema'
import { createCircuitBreaker } from '@goalixa/chassis/create-circuit-breaker'
import { LRUCache } from 'lru-cache'
import type { Upstream } from '../proxy/upstream.ts'
import type { EndedSessionReader } from './ended-session-reader.ts'
import type { SessionMetrics } from './session-metrics.ts'
import { createSingleFlight } from './single-flight.ts'

type Deps = {
  auth: Upstream
  /** What auth publishes in Redis; absent without Redis. */
  published: EndedSessionReader | undefined
  now: () => number
  count: SessionMetrics
}
type State = 'active' | 'ended' | 'unknown'

const MAX_SESSIONS = 20_000
// Less than the five seconds within which an ended session is refused.
const ACTIVE_MS = 4_000
// Longer than an access token lives.
const ENDED_MS = 1_200_000
const TIMEOUT_MS = 1_000
// While auth cannot be reached, only one request in this time waits for it.
const RETRY_MS = 1_000

/**
 * Creates the check for ended sessions. One is found from the next request on where Redis holds what auth published, else within five seconds by
 * asking auth at most once every four seconds per session. A session whose state nobody knows is let through: an outage signs nobody out.
 */
export function createEndedSessionCheck({ auth, published, now, count }: Deps) {
  const states = new LRUCache<string, State>({ max: MAX_SESSIONS, ttlResolution: 0, perf: { now } })
  const share = createSingleFlight<State>()
  const attempt = createCircuitBreaker({ retryMs: RETRY_MS, now })

  return {
    async hasEnded(sessionId: string, accessToken: string): Promise<boolean> {
      return (await find(sessionId, accessToken)) === 'ended'
    },
    /** Remembers that this process has just ended a session. */
    markEnded(sessionId: string): void {
      states.set(sessionId, 'ended', { ttl: ENDED_MS })
    },
  }

  async function find(sessionId: string, accessToken: string): Promise<State> {
    if (states.get(sessionId) === 'ended') {
      count.checked('memory')
      return 'ended'
    }
    const state = await published?.(sessionId)
    if (state !== undefined) {
      count.checked('redis')
      if (state === 'ended') states.set(sessionId, state, { ttl: ENDED_MS })
      return state
    }
    const remembered = states.get(sessionId)
    if (remembered !== undefined) {
      count.checked('memory')
      return remembered
    }
    return share(sessionId, () => ask(sessionId, accessToken))
  }

  async function ask(sessionId: string, accessToken: string): Promise<State> {
    const askedAt = now()
    const state = (await attempt(() => askAuth(accessToken))) ?? 'unknown'
    count.checked(state === 'unknown' ? 'nobody' : 'auth')
    if (state !== 'unknown')
      states.set(sessionId, state, { ttl: state === 'ended' ? ENDED_MS : ACTIVE_MS, start: askedAt })
    return state
  }

  async function askAuth(accessToken: string): Promise<State> {
    const headers = { authorization: `Bearer ${accessToken}` }
    const { status, body } = await auth('/v1/sessions/current', { headers, timeoutMs: TIMEOUT_MS })
    // Any other answer, such as 401 from an auth with another issuer, says nothing about the session.
    return status === 200 ? SessionState.parse(body).state : 'unknown'
  }
}
export type EndedSessionCheck = ReturnType<typeof createEndedSessionCheck>
