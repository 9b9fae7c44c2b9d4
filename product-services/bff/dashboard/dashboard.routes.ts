import type { ServiceApp } from '@goalixa/chassis/build-service'
import type { FastifyReply } from 'fastify'
import type { FindSession } from '../sessions/find-session.ts'
import { Dashboard, DashboardQuery } from './dashboard.schema.ts'
import type { DashboardService } from './dashboard.service.ts'

/** `GET /bff/aggregate/dashboard?time_zone=…`. */
export function dashboardRoutes(
  app: ServiceApp,
  { dashboard, findSession }: { dashboard: DashboardService; findSession: FindSession },
): void {
  app.get(
    '/bff/aggregate/dashboard',
    { schema: { querystring: DashboardQuery, response: { 200: Dashboard } } },
    async (request, reply) => {
      const session = await findSession(request, reply)
      return sendJson(reply, await dashboard.read(session, request.query))
    },
  )
}

function sendJson(reply: FastifyReply, bytes: Buffer): FastifyReply {
  return reply.type('application/json; charset=utf-8').send(bytes)
}
