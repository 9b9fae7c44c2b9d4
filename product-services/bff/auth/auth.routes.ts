import {
  MAX_AUTH_BODY_BYTES,
  PasswordChange,
  Register,
  Registered,
  User,
} from '@goalixa/auth/accounts/accounts.schema'
import {
  MAX_USER_AGENT_CHARS,
  Me,
  RefreshRequest,
  SignedIn,
  SignIn,
} from '@goalixa/auth/sessions/sessions.schema'
import type { TokenVerifier } from '@goalixa/chassis/access-token'
import type { ServiceApp } from '@goalixa/chassis/build-service'
import { type ErrorKind, ExpectedError } from '@goalixa/chassis/errors'
import type { HttpResponse } from '@goalixa/chassis/http-client'
import { Problem } from '@goalixa/chassis/problem'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { forwardedFor } from '../proxy/forwarded-for.ts'
import type { Upstream } from '../proxy/upstream.ts'
import type { EndedSessionCheck } from '../sessions/check-ended-session.ts'
import type { FindSession, Session } from '../sessions/find-session.ts'
import type { SessionGuard } from '../sessions/require-session.ts'
import type { SessionCookies } from '../sessions/session-cookies.ts'

const CurrentUser = z.object({ user: User.nullable() })

type Deps = {
  auth: Upstream
  cookies: SessionCookies
  verify: TokenVerifier
  findSession: FindSession
  guard: SessionGuard
  endedSessions: EndedSessionCheck
}

// What auth accepts. Anybody may send a body here, also without a session.
const SMALL = { bodyLimit: MAX_AUTH_BODY_BYTES }
// Passwords are hashed slowly by design, and many people at once wait for each other.
const PASSWORD_TIMEOUT_MS = 10_000

/** Sign-up, sign-in, sign-out, change of password and the end of other sessions, for the browser. Tokens stay in cookies; no response body contains one. */
export function authRoutes(
  app: ServiceApp,
  { auth, cookies, verify, findSession, guard, endedSessions }: Deps,
): void {
  const { requireSession, sessionOf } = guard

  app.post(
    '/bff/auth/register',
    { ...SMALL, schema: { body: Register, response: { 202: Registered } } },
    async (request, reply) => {
      const answer = await callAuth(request, '/v1/register')
      if (answer.status !== 202) return rethrowProblem(answer)
      return reply.status(202).send(Registered.parse(answer.body))
    },
  )

  app.post(
    '/bff/auth/login',
    { ...SMALL, schema: { body: SignIn, response: { 200: Me } } },
    async (request, reply) => {
      const answer = await callAuth(request, '/v1/login')
      if (answer.status !== 200) return rethrowProblem(answer)
      const signedIn = SignedIn.parse(answer.body)
      cookies.write(reply, signedIn)
      // The cookies of the previous session are gone now, so that session could not be ended later.
      await endSessionOf(request).catch(() => {})
      return reply.send({ user: signedIn.user })
    },
  )

  app.post(
    '/bff/auth/logout',
    { ...SMALL, schema: { response: { 204: z.void() } } },
    async (request, reply) => {
      // Auth first: without the cookies, the session could not be ended.
      await endSessionOf(request)
      cookies.clear(reply)
      return reply.status(204).send()
    },
  )

  app.post(
    '/bff/auth/password',
    { ...SMALL, onRequest: requireSession, schema: { body: PasswordChange, response: { 200: Me } } },
    async (request, reply) => {
      const { hold } = sessionOf(request)
      const answer = await hold(accessToken => callAuth(request, '/v1/password/change', accessToken))
      if (answer.status !== 200) return rethrowProblem(answer)
      const signedIn = SignedIn.parse(answer.body)
      await markEnded(request)
      cookies.write(reply, signedIn)
      return reply.send({ user: signedIn.user })
    },
  )

  app.delete(
    '/bff/auth/sessions',
    { ...SMALL, onRequest: requireSession, schema: { response: { 204: z.void() } } },
    async (request, reply) => {
      const { hold } = sessionOf(request)
      const answer = await hold(accessToken =>
        auth('/v1/sessions', { method: 'DELETE', headers: { authorization: `Bearer ${accessToken}` } }),
      )
      if (answer.status !== 204) return rethrowProblem(answer)
      return reply.status(204).send()
    },
  )

  app.get(
    '/bff/auth/me',
    { onRequest: requireSession, schema: { response: { 200: Me } } },
    async (request, reply) => {
      const answer = await readMe(sessionOf(request))
      if (answer.status === 200) return reply.send(Me.parse(answer.body))
      if (answer.status === 401) cookies.clear(reply)
      return rethrowProblem(answer)
    },
  )

  // For a page that does not know yet who is signed in: nobody is an answer there, not an error. It is given only while auth
  // works, because a page that asks the person to sign in would be of no use without it.
  app.get('/bff/auth/session', { schema: { response: { 200: CurrentUser } } }, async (request, reply) => {
    const session = await findSession(request, reply).catch(rethrowUnlessSignedOut)
    if (session === undefined) {
      await auth('/readyz')
      return reply.send({ user: null })
    }
    const answer = await readMe(session)
    if (answer.status === 200) return reply.send(Me.parse(answer.body))
    if (answer.status !== 401) return rethrowProblem(answer)
    cookies.clear(reply)
    return reply.send({ user: null })
  })

  function readMe({ hold }: Session): Promise<HttpResponse> {
    return hold(accessToken => auth('/v1/me', { headers: { authorization: `Bearer ${accessToken}` } }))
  }

  // Either cookie may be missing, or be another session's. Throws unless auth has ended what they name: then the person is still signed in.
  async function endSessionOf(request: FastifyRequest) {
    const { access, refresh } = cookies.read(request)
    const { data: body } = RefreshRequest.safeParse({ refreshToken: refresh })
    if (body) assertEnded(await auth('/v1/logout', { method: 'POST', body }))
    const caller = access === undefined ? undefined : await verify(access).catch(rethrowUnlessSignedOut)
    if (!caller?.sid) return
    const headers = { authorization: `Bearer ${access}` }
    assertEnded(await auth('/v1/sessions/current', { method: 'DELETE', headers }))
    endedSessions.markEnded(caller.sid)
  }

  // This replica need not wait for what auth publishes.
  async function markEnded(request: FastifyRequest) {
    const { access } = cookies.read(request)
    const caller = access === undefined ? undefined : await verify(access).catch(() => undefined)
    if (caller?.sid) endedSessions.markEnded(caller.sid)
  }

  function callAuth(request: FastifyRequest, path: string, accessToken?: string): Promise<HttpResponse> {
    return auth(path, {
      method: 'POST',
      body: request.body,
      timeoutMs: PASSWORD_TIMEOUT_MS,
      // Rate limits and the list of sessions apply to the person's device, not to this process.
      headers: {
        ...forwardedFor(request),
        'user-agent': (request.headers['user-agent'] ?? '').slice(0, MAX_USER_AGENT_CHARS),
        ...(accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` }),
      },
    })
  }
}

function assertEnded({ status }: HttpResponse): void {
  if (status !== 204)
    throw new ExpectedError(
      'bad-upstream',
      'AUTH_REFUSED',
      `auth answered ${status} to a sign-out; expected 204. The session has not ended: try again.`,
    )
}

function rethrowUnlessSignedOut(error: unknown): undefined {
  if (!(error instanceof ExpectedError) || error.kind !== 'unauthenticated') throw error
}

// Passes auth's own 4xx problem through: both sides use the same kinds of failure.
function rethrowProblem({ status, headers, body }: HttpResponse): never {
  const { data: problem } = Problem.safeParse(body)
  const kind = KIND_OF[status]
  if (!problem || !kind)
    throw new ExpectedError(
      'bad-upstream',
      'AUTH_UNCLEAR',
      `auth answered ${status} without a known problem code.`,
    )
  const retryAfter = headers['retry-after']
  throw new ExpectedError(kind, problem.code, problem.detail ?? problem.title, {
    ...(problem.fields ? { fields: problem.fields } : {}),
    ...(retryAfter === undefined ? {} : { retryAfterSeconds: Number(retryAfter) }),
  })
}

const KIND_OF: Record<number, ErrorKind> = {
  400: 'invalid',
  401: 'unauthenticated',
  403: 'forbidden',
  409: 'conflict',
  413: 'too-large',
  415: 'unsupported',
  429: 'too-many',
  431: 'too-large',
}
