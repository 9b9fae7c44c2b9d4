import { ExpectedError } from '@goalixa/chassis/errors'
import { z } from 'zod'

/** viewer reads · developer also requests investigations · operator also decides · admin also decides on R4. */
export const Role = z.enum(['viewer', 'developer', 'operator', 'admin'])
export type Role = z.infer<typeof Role>

/** Who is asking. `name` is what timelines and decisions show. */
export type Operator = { name: string; role: Role }

const RANK = { viewer: 0, developer: 1, operator: 2, admin: 3 } as const

/** The highest of these roles. */
export function highestOf(roles: Role[]): Role | undefined {
  return roles.toSorted((left, right) => RANK[right] - RANK[left])[0]
}

/** Throws `forbidden` ROLE_NEEDED unless the operator has at least this role. */
export function requireRole({ role }: Operator, needed: Role): void {
  if (RANK[role] < RANK[needed])
    throw new ExpectedError('forbidden', 'ROLE_NEEDED', `This needs the role ${needed}; yours is ${role}.`)
}
