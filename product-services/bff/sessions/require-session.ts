import { createByteLimit } from '@goalixa/chassis/create-byte-limit'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FindSession, Session } from './find-session.ts'

// Six of the largest syncs; twice as much in memory while they are put together. The app sends a quarter of a megabyte at once.
const MAX_BODY_BYTES_IN_FLIGHT = 48 * 1_048_576

/**
 * Creates the hook of a route that needs a session. It finds the session before the body is read, so that nobody without one can make this
 * process receive and parse megabytes, then it bounds the bodies that are received and passed on. `sessionOf` returns the session to the handler.
 */
export function createSessionGuard(findSession: FindSession) {
  const sessions = new WeakMap<object, Session>()
  const admit = createByteLimit({ maxBytes: MAX_BODY_BYTES_IN_FLIGHT })

  return {
    async requireSession(request: FastifyRequest, reply: FastifyReply): Promise<void> {
      const session = await findSession(request, reply)
      const holdBytes = admit(request, reply, session.userId)
      sessions.set(request, { ...session, hold: call => holdBytes(() => session.hold(call)) })
    },
    sessionOf(request: object): Session {
      const session = sessions.get(request)
      if (session === undefined) throw new Error('The route lacks the hook requireSession.')
      return session
    },
  }
}
export type SessionGuard = ReturnType<typeof createSessionGuard>
