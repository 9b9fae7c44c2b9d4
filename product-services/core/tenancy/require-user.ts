import { requireBearerToken, type TokenVerifier } from '@goalixa/chassis/access-token'
import type { ServiceApp } from '@goalixa/chassis/build-service'
import { ExpectedError } from '@goalixa/chassis/errors'
import { limitBodies } from '@goalixa/chassis/limit-bodies'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'

const UserId = z.uuid()
const users = new WeakMap<FastifyRequest, string>()

// One of the largest syncs, and sixteen of what the app sends: parsed and on its way to the database, a sync takes about nine times its bytes (70 MB for the largest, measured).
const BODY_LIMITS = { maxBytes: 8 * 1_048_576, maxSmallBytes: 4 * 1_048_576 }

/**
 * Rejects every request under `/v1/` without a valid access token, before its body is read, and limits the bodies of all others. For routes that
 * are added afterwards.
 */
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
  limitBodies(app, { ...BODY_LIMITS, termsOf: request => ownerOf(users.get(request)) })
}

function ownerOf(owner: string | undefined) {
  return owner === undefined ? undefined : { owner }
}

/** Returns the id of the user whose token the request carries. */
export function userOf(request: object): string {
  const user = users.get(request as FastifyRequest)
  if (user === undefined) throw new Error('The request did not pass requireUser.')
  return user
}
