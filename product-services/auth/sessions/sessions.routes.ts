import { requireBearerToken } from '@goalixa/chassis/access-token'
import type { App } from '@goalixa/chassis/build-service'
import { z } from 'zod'
import type { CreateBucket } from '../limits/limit.ts'
import { networkOf } from '../limits/network-of.ts'
import { Me, RefreshRequest, SignedIn, SignIn, Tokens } from './sessions.schema.ts'
import type { SessionsService } from './sessions.service.ts'

/** Signing in and out, refreshing and "who am I". Failed sign-ins are limited for each network and account. */
export function sessionsRoutes(
  app: App,
  { sessions, createBucket }: { sessions: SessionsService; createBucket: CreateBucket },
): void {
  const perAccount = createBucket({ name: 'login-account', capacity: 10, perSecond: 0.1 })
  const perNetwork = createBucket({ name: 'login-network', capacity: 100, perSecond: 2 })

  app.post('/v1/login', { schema: { body: SignIn, response: { 200: SignedIn } } }, async request => {
    const network = networkOf(request.ip)
    const account = `${network} ${request.body.email}`
    await perNetwork.take(network)
    await perAccount.take(account)
    const signedIn = await sessions.signIn(request.body, request.headers['user-agent'] ?? '')
    // Only failures cost; taking first keeps simultaneous guesses from all passing.
    await Promise.all([perNetwork.giveBack(network), perAccount.giveBack(account)])
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

  app.get('/v1/me', { schema: { response: { 200: Me } } }, async request => ({
    user: await sessions.me(requireBearerToken(request.headers.authorization)),
  }))
}
