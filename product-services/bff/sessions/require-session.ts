import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FindSession, Session } from './find-session.ts'

/**
 * Creates the hook of a route that needs a session. It finds the session before the body is read, so that nobody without one can make this
 * process receive and parse megabytes. `sessionOf` returns the session to the handler.
 */
export function createSessionGuard(findSession: FindSession) {
  const sessions = new WeakMap<object, Session>()

  return {
    async requireSession(request: FastifyRequest, reply: FastifyReply): Promise<void> {
      sessions.set(request, await findSession(request, reply))
    },
    sessionOf(request: object): Session {
      const session = sessions.get(request)
      if (session === undefined) throw new Error('The route lacks the hook requireSession.')
      return session
    },
  }
}
export type SessionGuard = ReturnType<typeof createSessionGuard>
