import { requireBearerToken } from '@goalixa/chassis/access-token'
import type { ServiceApp } from '@goalixa/chassis/build-service'
import { z } from 'zod'
import { PasswordChange } from '../accounts/accounts.schema.ts'
import { networkPrefix } from '../limits/network-prefix.ts'
import type { CreateBucket } from '../limits/token-bucket.ts'
import { SessionState } from './ended-sessions.schema.ts'
import { Me, RefreshRequest, SignedIn, SignIn, Tokens } from './sessions.schema.ts'
import type { SessionsService } from './sessions.service.ts'

/**
 * Sign-in, sign-out, refresh and `me`, change of password, the end of all other sessions or of the caller's, and whether a session has ended. Failed sign-ins
 * are rate-limited per network and per account, wrong passwords of a change per person.
 */
export function sessionsRoutes(
  app: ServiceApp,
  { sessions, createBucket }: { sessions: SessionsService; createBucket: CreateBucket },
): void {
  const perAccount = createBucket({ name: 'login-account', capacity: 10, perSecond: 0.1 })
  const perPerson = createBucket({ name: 'password-person', capacity: 10, perSecond: 0.1 })
  const perNetwork = createBucket({ name: 'login-network', capacity: 100, perSecond: 2 })

  app.post('/v1/login', { schema: { body: SignIn, response: { 200: SignedIn } } }, async request => {
    const network = networkPrefix(request.ip)
    const account = `${network} ${request.body.email}`
    await perNetwork.take(network)
    await perAccount.take(account)
    const signedIn = await sessions.signIn(request.body, request.headers['user-agent'] ?? '')
    // Only failures cost a token. Taking it first stops simultaneous guesses from all getting through.
    await Promise.all([perNetwork.refund(network), perAccount.refund(account)])
    return signedIn
  })

  app.post('/v1/token/refresh', { schema: { body: RefreshRequest, response: { 200: Tokens } } }, request =>
    sessions.refresh(request.body.refreshToken),
  )

  app.post(
    '/v1/logout',
    { schema: { body: RefreshRequest, response: { 204: z.void() } } },
    async (request, reply) => {
      await sessions.signOut(request.body.refreshToken)
      return reply.status(204).send()
    },
  )

  app.post(
    '/v1/password/change',
    { schema: { body: PasswordChange, response: { 200: SignedIn } } },
    async request => {
      const { userId } = await sessions.active(requireBearerToken(request.headers.authorization))
      await perPerson.take(userId)
      const signedIn = await sessions.changePassword(
        userId,
        request.body,
        request.headers['user-agent'] ?? '',
      )
      await perPerson.refund(userId)
      return signedIn
    },
  )

  app.delete('/v1/sessions', { schema: { response: { 204: z.void() } } }, async (request, reply) => {
    await sessions.endOthers(await sessions.active(requireBearerToken(request.headers.authorization)))
    return reply.status(204).send()
  })

  app.delete('/v1/sessions/current', { schema: { response: { 204: z.void() } } }, async (request, reply) => {
    await sessions.endCurrent(requireBearerToken(request.headers.authorization))
    return reply.status(204).send()
  })

  app.get('/v1/sessions/current', { schema: { response: { 200: SessionState } } }, request =>
    sessions.state(requireBearerToken(request.headers.authorization)),
  )

  app.get('/v1/me', { schema: { response: { 200: Me } } }, async request => ({
    user: await sessions.me(requireBearerToken(request.headers.authorization)),
  }))
}
