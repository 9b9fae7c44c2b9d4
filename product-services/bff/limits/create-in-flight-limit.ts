import { ExpectedError } from '@goalixa/chassis/errors'
import { hasEnded } from '@goalixa/chassis/has-ended'
import type { FastifyReply } from 'fastify'

type Place = { reply: FastifyReply; calls: number }

/** Runs a call for a request, which keeps its place until the call has ended, even if the client goes away meanwhile. */
export type HoldPlace = <T>(call: () => Promise<T>) => Promise<T>

// A browser sends at most six at once; core has ten connections to its database, and must answer within two seconds.
const MAX_IN_FLIGHT = 24

/**
 * Creates a limit of requests that one person may have in flight at this replica. Beyond it a request is answered 429 at once: otherwise one
 * person's four hundred parallel requests would time out in core, for everybody, and count as core's failure.
 */
export function createInFlightLimit() {
  const places = new Map<string, Set<Place>>()

  /**
   * Gives a request of a person a place until its answer is sent, or its client has gone away and nothing is done for it any more. Throws
   * TOO_MANY_REQUESTS, and CLIENT_GONE if the client has already gone.
   */
  return function enter(userId: string, reply: FastifyReply): HoldPlace {
    if (hasEnded(reply)) throw clientGone()
    // Looked at, not counted up and down: an event that never comes would lock the person out for ever.
    removeEnded(userId)
    const own = places.get(userId) ?? new Set()
    if (own.size >= MAX_IN_FLIGHT)
      throw new ExpectedError(
        'too-many',
        'TOO_MANY_REQUESTS',
        `${MAX_IN_FLIGHT} of your requests are still being answered, which is the limit. Wait a moment, then try again.`,
        { retryAfterSeconds: 1 },
      )
    const place = { reply, calls: 0 }
    places.set(userId, own.add(place))
    const leave = () => removeEnded(userId)
    reply.raw.once('close', leave)
    // An answer that waits behind others of its connection never closes if the connection does.
    reply.request.raw.once('close', leave)

    return async call => {
      if (hasEnded(reply)) throw clientGone()
      place.calls += 1
      return call().finally(() => {
        place.calls -= 1
        leave()
      })
    }
  }

  function removeEnded(userId: string): void {
    const own = places.get(userId)
    for (const place of own ?? []) if (place.calls === 0 && hasEnded(place.reply)) own?.delete(place)
    if (own?.size === 0) places.delete(userId)
  }
}
export type InFlightLimit = ReturnType<typeof createInFlightLimit>

// Nobody receives it; it only ends the work.
function clientGone() {
  return new ExpectedError('invalid', 'CLIENT_GONE', 'The client has closed the connection.')
}
