import { ExpectedError } from '@goalixa/chassis/errors'
import type { HttpResponse } from '@goalixa/chassis/http-client'
import type { FastifyReply } from 'fastify'

/** Sends core's response: status, Content-Type and body. A 401 from core is a fault between services, not a sign-out. */
export function forwardResponse(reply: FastifyReply, { status, headers, body }: HttpResponse): FastifyReply {
  if (status === 401)
    throw new ExpectedError('bad-upstream', 'CORE_REFUSED', 'core rejected a token that auth had signed.')
  for (const name of ['content-type', 'retry-after', 'etag'] as const) {
    const value = headers[name]
    if (value !== undefined) reply.header(name, value)
  }
  // As bytes, of which Node makes no copy while they wait to be read.
  return reply.status(status).send(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)))
}
