import { RefreshRequest, Tokens } from '@goalixa/auth/sessions/sessions.schema'
import type { TokenVerifier } from '@goalixa/chassis/access-token'
import { ExpectedError } from '@goalixa/chassis/errors'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { InFlightLimit } from '../limits/create-in-flight-limit.ts'
import { forwardedFor } from '../proxy/forwarded-for.ts'
import type { Upstream } from '../proxy/upstream.ts'
import type { EndedSessionCheck } from './check-ended-session.ts'
import type { SessionCookies } from './session-cookies.ts'
import type { SessionMetrics } from './session-metrics.ts'
import { createSingleFlight } from './single-flight.ts'

type Deps = {
  auth: Upstream
  cookies: SessionCookies
  verify: TokenVerifier
  endedSessions: EndedSessionCheck
  enter: InFlightLimit
  now: () => number
  count: SessionMetrics
}

// A token that expires on its way to core would be refused there.
const RENEW_BEFORE_MS = 5_000
// Another request may already have renewed the session, at the earliest RENEW_BEFORE_MS before the token expired. Auth accepts the old refresh
// token for one more minute; after that it takes it for a stolen copy and ends the session.
const RENEW_AFTER_MS = 45_000

type Identity = { userId: string; sessionId: string | undefined; accessToken: string; expiresAtMs: number }

export type Session = {
  userId: string
  /** Whether the answer carries the cookies of a session that was renewed before the body. */
  isRenewed: boolean
  /** Runs whatever is called for the person, so that it counts as in flight, with an access token that is valid now: a body may have taken minutes. */
  hold: <T>(call: (accessToken: string) => Promise<T>) => Promise<T>
}

/**
 * Creates a function that finds the session of a request and renews it transparently: the browser never has to refresh.
 * Simultaneous requests with one refresh token share one call. Throws TOO_MANY_REQUESTS, CLIENT_GONE, and SIGNED_OUT only if there is no session or auth has
 * ended it, even if the access token is still valid; an unreachable auth is `unavailable` and leaves the cookies alone, so that an outage does not sign users out.
 */
export function createFindSession({ auth, cookies, verify, endedSessions, enter, now, count }: Deps) {
  const shareRefresh = createSingleFlight<Tokens>()

  return async function findSession(request: FastifyRequest, reply: FastifyReply): Promise<Session> {
    const current = await findCurrent(request, reply)
    const identity = current ?? (await renewSession(request, reply))
    const hold = enter(identity.userId, reply)
    return {
      userId: identity.userId,
      isRenewed: current === undefined,
      hold: call => hold(async () => call(await findToken(identity, request, reply))),
    }
  }

  async function findCurrent(request: FastifyRequest, reply: FastifyReply): Promise<Identity | undefined> {
    const { access, refresh } = cookies.read(request)
    if (access === undefined && refresh === undefined) return refuse('none')
    const current = access === undefined ? undefined : await verifySession(access)
    if (current && (await hasEnded(current))) return refuse('ended', reply)
    return current
  }

  // Not renewed before the body instead: its cookies would reach the browser only after the body, and meanwhile the browser would use the old ones.
  async function findToken(
    { accessToken, expiresAtMs }: Identity,
    request: FastifyRequest,
    reply: FastifyReply,
  ) {
    const expiredMs = now() - expiresAtMs
    if (expiredMs <= -RENEW_BEFORE_MS) return accessToken
    if (expiredMs > RENEW_AFTER_MS) throw tooSlow()
    return (await renewSession(request, reply)).accessToken
  }

  async function renewSession(request: FastifyRequest, reply: FastifyReply): Promise<Identity> {
    const { refresh } = cookies.read(request)
    // A made-up cookie is no session, whatever is in it; auth would reject the request.
    if (!RefreshRequest.safeParse({ refreshToken: refresh }).success || refresh === undefined)
      return refuse('none', reply)
    const tokens = await shareRefresh(refresh, () => renew(refresh, forwardedFor(request))).catch(error =>
      error instanceof ExpectedError && error.kind === 'unauthenticated'
        ? refuse('ended', reply)
        : rethrow(error),
    )
    cookies.write(reply, tokens)
    const renewed = await verifySession(tokens.accessToken)
    if (renewed) return renewed
    // Auth has just signed it, so our ISSUER or AUTH_JWKS_URL is wrong; the person is not signed out.
    throw new ExpectedError(
      'bad-upstream',
      'AUTH_UNCLEAR',
      'auth signed a token that cannot be verified here; expected the ISSUER and keys of this BFF.',
    )
  }

  async function hasEnded({ sessionId, accessToken }: Identity): Promise<boolean> {
    return sessionId !== undefined && endedSessions.hasEnded(sessionId, accessToken)
  }

  function refuse(reason: 'ended' | 'none', reply?: FastifyReply): never {
    count.refused(reason)
    if (reply) cookies.clear(reply)
    throw signedOut()
  }

  async function verifySession(accessToken: string): Promise<Identity | undefined> {
    try {
      const { sub, sid, exp } = await verify(accessToken)
      const expiresAtMs = exp * 1000
      if (expiresAtMs - now() < RENEW_BEFORE_MS) return undefined
      return { userId: sub, sessionId: sid, accessToken, expiresAtMs }
    } catch (error) {
      if (error instanceof ExpectedError && error.kind === 'unauthenticated') return undefined
      throw error
    }
  }

  async function renew(refreshToken: string, headers: Record<string, string>): Promise<Tokens> {
    const answer = await auth('/v1/token/refresh', {
      method: 'POST',
      body: { refreshToken },
      headers,
    })
    if (answer.status === 200) return Tokens.parse(answer.body)
    if (answer.status === 401) throw signedOut()
    throw new ExpectedError('bad-upstream', 'AUTH_REFUSED', `auth answered ${answer.status} to a refresh.`)
  }
}
export type FindSession = ReturnType<typeof createFindSession>

function rethrow(error: unknown): never {
  throw error
}

function signedOut() {
  return new ExpectedError('unauthenticated', 'SIGNED_OUT', 'You are signed out. Sign in to continue.')
}

function tooSlow() {
  return new ExpectedError(
    'too-slow',
    'BODY_TOO_SLOW',
    'The request took so long to arrive that it is not valid any more. Send it again.',
  )
}
