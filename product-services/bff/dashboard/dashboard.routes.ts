import type { ServiceApp } from '@goalixa/chassis/build-service'
import type { FastifyReply } from 'fastify'
import type { AnswerLimit } from '../limits/create-answer-limit.ts'
import type { SessionGuard } from '../sessions/require-session.ts'
import { Dashboard, DashboardQuery } from './dashboard.schema.ts'
import type { DashboardService } from './dashboard.service.ts'

/** `GET /bff/aggregate/dashboard?time_zone=…`. */
export function dashboardRoutes(
  app: ServiceApp,
  {
    dashboard,
    guard,
    receiveAnswer,
  }: { dashboard: DashboardService; guard: SessionGuard; receiveAnswer: AnswerLimit },
): void {
  app.get(
    '/bff/aggregate/dashboard',
    {
      onRequest: guard.requireSession,
      schema: { querystring: DashboardQuery, response: { 200: Dashboard } },
    },
    async (request, reply) => {
      const { userId, hold } = guard.sessionOf(request)
      const bytes = await receiveAnswer(userId, reply, async take => {
        const answer = await hold(accessToken => dashboard.read({ userId, accessToken }, request.query))
        take(answer.length)
        return answer
      })
      return sendJson(reply, bytes)
    },
  )
}

function sendJson(reply: FastifyReply, bytes: Buffer): FastifyReply {
  return reply.type('application/json; charset=utf-8').send(bytes)
}
