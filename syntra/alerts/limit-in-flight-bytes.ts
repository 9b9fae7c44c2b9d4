import { ExpectedError } from '@goalixa/chassis/errors'
import type { FastifyReply, FastifyRequest } from 'fastify'

/**
 * A hook that bounds memory in a storm: the bodies of all unanswered requests together stay below a number of bytes.
 * Throws `unavailable` ALERT_BACKLOG_FULL before a byte is read, so that Alertmanager retries. A single request always fits.
 */
export function limitInFlightBytes(maxBytes: number, bodyLimit: number) {
  let bytes = 0
  return async ({ headers }: FastifyRequest, reply: FastifyReply): Promise<void> => {
    // A body without a length may be as long as the limit.
    const size = Math.min(Number(headers['content-length'] ?? bodyLimit), bodyLimit)
    if (bytes > 0 && bytes + size > maxBytes)
      throw new ExpectedError(
        'unavailable',
        'ALERT_BACKLOG_FULL',
        'Too many deliveries wait to be written.',
        {
          retryAfterSeconds: 5,
        },
      )
    bytes += size
    // Also when the sender disconnects before the answer.
    reply.raw.once('close', () => {
      bytes -= size
    })
  }
}
