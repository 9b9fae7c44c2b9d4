import type { ServiceApp } from '@goalixa/chassis/build-service'
import type { Pool } from '@goalixa/chassis/postgres'
import { z } from 'zod'
import { ActionView } from '../actions/actions.schema.ts'
import { readAction } from '../actions/read-action.ts'
import type { RequireRole } from '../operators/require-role.ts'
import { Decision } from './approvals.schema.ts'
import type { ApprovalsService } from './approvals.service.ts'

const Params = z.object({ id: z.uuid() })

export type ApprovalsRoutesDeps = { pool: Pool; approvals: ApprovalsService; signIn: RequireRole }

/** `GET /v1/actions/{id}` for who wants to decide, and `POST /v1/actions/{id}/decision` for who does. */
export function approvalsRoutes(app: ServiceApp, { pool, approvals, signIn }: ApprovalsRoutesDeps) {
  app.get(
    '/v1/actions/:id',
    {
      onRequest: signIn.needs('viewer'),
      schema: {
        summary: 'Shows one action: proposal, state, decisions, steps, verification.',
        params: Params,
        response: { 200: ActionView },
        errors: { 404: ['NO_SUCH_ACTION'] },
      },
    },
    request => readAction(pool, request.params.id),
  )
  app.post(
    '/v1/actions/:id/decision',
    {
      onRequest: signIn.needs('operator'),
      schema: {
        summary: 'Approves or rejects exactly the state that was shown.',
        params: Params,
        body: Decision,
        response: { 200: ActionView },
        errors: {
          403: ['DECISION_NOT_ALLOWED', 'REQUESTER_MAY_NOT_DECIDE', 'DECIDED_BEFORE'],
          404: ['NO_SUCH_ACTION'],
          409: ['ACTION_EXPIRED', 'ALREADY_DECIDED', 'STATE_NOT_AS_SHOWN'],
        },
      },
    },
    async request => {
      await approvals.decide(request.params.id, signIn.of(request), request.body)
      return readAction(pool, request.params.id)
    },
  )
}
