import { isIP } from 'node:net'
import type { FastifyRequest } from 'fastify'

/**
 * Returns the header with a client's address for auth, whose rate limits apply to the person's network and not to this process. Anything else
 * that a trusted proxy has passed on, such as sixteen kilobytes of text, is left out.
 */
export function forwardedFor({ ip }: FastifyRequest): Record<string, string> {
  return isIP(ip) === 0 ? {} : { 'x-forwarded-for': ip }
}
