import { Tokens } from '@goalixa/auth/sessions/sessions.schema'
import type { TokenVerifier } from '@goalixa/chassis/access-token'
import { ExpectedError } from '@goalixa/chassis/errors'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Upstream } from '../proxy/upstream.ts'
import type { SessionCookies } from './session-cookies.ts'
import { createSingleFlight } from './single-flight.ts'

type Deps = { auth: Upstream; cookies: SessionCookies; verify: TokenVerifier }

/** The signed-in user and an access token for core. */
export type Session = { userId: string; accessToken: string }

/**
 * Creates a function that finds the session of a request and renews it transparently: the browser never has to refresh.
 * Simultaneous requests with one refresh token share one call. Throws SIGNED_OUT only if there is no session or auth has
 * ended it; an unreachable auth is `unavailable` and leaves the cookies alone, so that an outage does not sign users out.
 */
export function createFindSession({ auth, cookies, verify }: Deps) {
  const shareRefresh = createSingleFlight<Tokens>()

  return async function findSession(request: FastifyRequest, reply: FastifyReply): Promise<Session> {
    const { access, refresh } = cookies.read(request)
    const current = access === undefined ? undefined : await verifySession(access)
    if (current) return current
    if (refresh === undefined) throw signedOut()
    const tokens = await shareRefresh(refresh, () => renew(refresh, request.ip)).catch(error => {
      if (error instanceof ExpectedError && error.kind === 'unauthenticated') cookies.clear(reply)
      throw error
    })
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

  async function verifySession(accessToken: string): Promise<Session | undefined> {
    try {
      const { sub } = await verify(accessToken)
      return { userId: sub, accessToken }
    } catch (error) {
      if (error instanceof ExpectedError && error.kind === 'unauthenticated') return undefined
      throw error
    }
  }

  async function renew(refreshToken: string, ip: string): Promise<Tokens> {
    const answer = await auth('/v1/token/refresh', {
      method: 'POST',
      body: { refreshToken },
      headers: { 'x-forwarded-for': ip },
    })
    if (answer.status === 200) return Tokens.parse(answer.body)
    if (answer.status === 401) throw signedOut()
    throw new ExpectedError('bad-upstream', 'AUTH_REFUSED', `auth answered ${answer.status} to a refresh.`)
  }
}
export type FindSession = ReturnType<typeof createFindSession>

function signedOut() {
  return new ExpectedError('unauthenticated', 'SIGNED_OUT', 'You are signed out. Sign in to continue.')
}
