import { ExpectedError } from '@goalixa/chassis/errors'
import type { FastifyRequest } from 'fastify'
import type { Authenticate } from './authenticate.ts'
import { type Operator, type Role, requireRole } from './operator.ts'

/** A hook that lets a request pass only with a role, which it names. */
export type Guard = ((request: FastifyRequest) => Promise<void>) & { role: Role }

/** Guards routes: `needs(role)` is an onRequest hook, so an unauthenticated caller learns nothing from validation; `of` returns the operator. */
export function createRequireRole(authenticate: Authenticate) {
  const operators = new WeakMap<FastifyRequest, Operator>()
  return {
    needs(role: Role): Guard {
      const guard = async (request: FastifyRequest): Promise<void> => {
        const operator = await authenticate(request.headers.authorization)
        requireRole(operator, role)
        operators.set(request, operator)
      }
      return Object.assign(guard, { role })
    },
    of(request: FastifyRequest): Operator {
      const operator = operators.get(request)
      if (!operator) throw new ExpectedError('unauthenticated', 'NOT_SIGNED_IN', 'This route has no guard.')
      return operator
    },
  }
}
export type RequireRole = ReturnType<typeof createRequireRole>
