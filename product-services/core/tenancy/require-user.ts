import { requireBearerToken, type TokenVerifier } from '@goalixa/chassis/access-token'
import type { ServiceApp } from '@goalixa/chassis/build-service'
import { createByteLimit } from '@goalixa/chassis/create-byte-limit'
import { ExpectedError } from '@goalixa/chassis/errors'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'

const UserId = z.uuid()
const users = new WeakMap<FastifyRequest, string>()

// One of the largest syncs: parsed and on its way to the database, it takes about nine times its bytes (70 MB, measured).
const MAX_BODY_BYTES_IN_FLIGHT = 12 * 1_048_576

/**
 * Rejects every request under `/v1/` without a valid access token, before its body is read, and with TOO_MANY_BYTES what is too much beside the
 * bodies of other requests in flight.
 */
export function requireUser(app: ServiceApp, { verify }: { verify: TokenVerifier }): void {
  const admit = createByteLimit({ maxBytes: MAX_BODY_BYTES_IN_FLIGHT })
  app.addHook('onRequest', async (request, reply) => {
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
    admit(request, reply, sub)
  })
}

/** Returns the id of the user whose token the request carries. */
export function userOf(request: object): string {
  const user = users.get(request as FastifyRequest)
  if (user === undefined) throw new Error('The request did not pass requireUser.')
  return user
}
