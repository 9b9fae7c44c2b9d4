import type { RouteOptions } from 'fastify'
import type { Guard } from './require-role.ts'

const REFUSALS = { 401: ['NOT_SIGNED_IN', 'WRONG_CREDENTIALS'], 403: ['ROLE_NEEDED', 'NO_ROLE'] }

/** Adds to the description of a guarded route the role that its guard demands, and how the guard refuses. */
export function describeRole(route: RouteOptions): void {
  const guard = [route.onRequest ?? []].flat().find((hook): hook is Guard => 'role' in hook)
  if (!guard) return
  const { errors = {} } = route.schema ?? {}
  const forbidden = [...REFUSALS[403], ...(errors[403] ?? [])]
  const described = { 'x-role': guard.role, errors: { ...errors, ...REFUSALS, 403: forbidden } }
  route.schema = { ...route.schema, ...described }
}
