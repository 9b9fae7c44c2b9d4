import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { ExpectedError } from './errors.ts'

const MAX_REQUESTS = 100

/**
 * Closes each connection after 100 requests: callers reconnect from time to time, so that new replicas receive traffic and a changed Service
 * takes effect. Not Node's `maxRequestsPerSocket`, which answers 503 to a client that has already sent more.
 */
export function limitConnections(app: FastifyInstance): void {
  const counts = new WeakMap<Socket, number>()
  app.addHook('onRequest', async (request, reply) => {
    const count = (counts.get(request.socket) ?? 0) + 1
    counts.set(request.socket, count)
    if (count >= MAX_REQUESTS) reply.header('connection', 'close')
    if (count > MAX_REQUESTS)
      throw new ExpectedError(
        'too-many',
        'CONNECTION_SPENT',
        `This connection has carried ${MAX_REQUESTS} requests. Send the rest over a new one.`,
      )
  })
}
