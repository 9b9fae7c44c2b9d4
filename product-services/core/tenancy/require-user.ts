import { requireBearerToken, type TokenVerifier } from '@goalixa/chassis/access-token'
import type { ServiceApp } from '@goalixa/chassis/build-service'
import { ExpectedError } from '@goalixa/chassis/errors'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'

const UserId = z.uuid()
const users = new WeakMap<FastifyRequest, string>()

/** Rejects every request under `/v1/` without a valid access token, before its body is read. */
export function requireUser(app: ServiceApp, { verify }: { verify: TokenVerifier }): void {
  app.addHook('onRequest', async request => {
    // The matched route, not the URL: `/%761/…` matches the same one.
    if (!request.routeOptions.url?.startsWith('/v1/')) return
    const { sub } = await verify(requireBearerToken(request.headers.authorization))
    if (!UserId.safeParse(sub).success)
      throw new ExpectedError(
        'unauthenticated',
        'INVALID_TOKEN',
        'The subject of the access token is not a user id.',
      )
    users.set(request, sub)
  })
}

/** Returns the id of the user whose token the request carries. */
export function userOf(request: object): string {
  const user = users.get(request as FastifyRequest)
  if (user === undefined) throw new Error('The request did not pass requireUser.')
  return user
}
