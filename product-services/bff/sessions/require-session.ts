import type { ServiceApp } from '@goalixa/chassis/build-service'
import { ExpectedError } from '@goalixa/chassis/errors'
import { limitBodies } from '@goalixa/chassis/limit-bodies'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FindSession, Session } from './find-session.ts'

// Four of the largest syncs, and forty-eight of what the app sends at once; twice as much in memory while they are put together.
const BODY_LIMITS = { maxBytes: 36 * 1_048_576, maxSmallBytes: 12 * 1_048_576 }

/**
 * Creates the hook of a route that needs a session. It finds the session before the body is read, so that nobody without one can make this
 * process receive and parse megabytes. Limits the bodies of such routes, if they are added to `app` afterwards. `sessionOf` returns the session to the handler.
 */
export function createSessionGuard(app: ServiceApp, findSession: FindSession) {
  const sessions = new WeakMap<object, Session>()
  limitBodies(app, {
    ...BODY_LIMITS,
    termsOf(request) {
      const session = sessions.get(request)
      // The browser must have the cookies of a renewed session before it sends the old ones again and again.
      return session && { owner: session.userId, isUrgent: session.isRenewed }
    },
  })

  return {
    async requireSession(request: FastifyRequest, reply: FastifyReply): Promise<void> {
      const session = await findSession(request, reply)
      refuseOtherUser(request, session.userId)
      sessions.set(request, session)
    },
    sessionOf(request: object): Session {
      const session = sessions.get(request)
      if (session === undefined) throw new Error('The route lacks the hook requireSession.')
      return session
    },
  }
}
export type SessionGuard = ReturnType<typeof createSessionGuard>

// The app names whose data it sends: while a page has a request under way, another tab may sign somebody else in.
function refuseOtherUser({ headers }: FastifyRequest, userId: string): void {
  const named = headers['x-gx-user']
  if (named === undefined || named === userId) return
  throw new ExpectedError(
    'unauthenticated',
    'OTHER_USER',
    'The session belongs to another user than the one named in x-gx-user. Sign in again.',
  )
}
