import type { FastifyReply } from 'fastify'

/** Returns whether the answer has been sent, or its client has gone away. Read from the state, because events may never come. */
export function hasEnded({ raw, request }: FastifyReply): boolean {
  return raw.destroyed || raw.closed || request.raw.socket.destroyed
}
