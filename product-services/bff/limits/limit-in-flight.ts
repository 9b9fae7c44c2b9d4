import { ExpectedError } from '@goalixa/chassis/errors'
import type { FastifyReply } from 'fastify'

// A browser sends at most six at once; core has ten connections to its database, and must answer within two seconds.
const MAX_IN_FLIGHT = 24

/**
 * Creates a limit of requests that one person may have in flight at this replica. Beyond it a request is answered 429 at once: otherwise one
 * person's four hundred parallel requests would time out in core, for everybody, and count as core's failure.
 */
export function createInFlightLimit() {
  const counts = new Map<string, number>()

  /** Counts a request of a person until its answer is sent or its client goes away. Throws TOO_MANY_REQUESTS. */
  return function enter(userId: string, reply: FastifyReply): void {
    const count = counts.get(userId) ?? 0
    if (count >= MAX_IN_FLIGHT)
      throw new ExpectedError(
        'too-many',
        'TOO_MANY_REQUESTS',
        `${MAX_IN_FLIGHT} of your requests are still being answered, which is the limit. Wait a moment, then try again.`,
        { retryAfterSeconds: 1 },
      )
    counts.set(userId, count + 1)
    reply.raw.once('close', () => {
      const left = (counts.get(userId) ?? 1) - 1
      if (left > 0) counts.set(userId, left)
      else counts.delete(userId)
    })
  }
}
export type InFlightLimit = ReturnType<typeof createInFlightLimit>
