import { ExpectedError } from '@goalixa/chassis/errors'
import type { FastifyReply, FastifyRequest } from 'fastify'

/**
 * A hook that bounds the memory of a storm: the bodies of all requests that are not answered yet have so many bytes at most.
 * Throws `unavailable` ALERT_BACKLOG_FULL before a byte is read, so that Alertmanager sends it again. One always fits.
 */
export function limitInFlightBytes(maxBytes: number, bodyLimit: number) {
  let bytes = 0
  return async ({ headers }: FastifyRequest, reply: FastifyReply): Promise<void> => {
    // A body that does not tell its length may be as long as any.
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
    // Also for who goes away without waiting for the answer.
    reply.raw.once('close', () => {
      bytes -= size
    })
  }
}
