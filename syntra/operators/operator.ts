import { ExpectedError } from '@goalixa/chassis/errors'
import { z } from 'zod'

export const Role = z.enum(['viewer', 'operator', 'admin'])
export type Role = z.infer<typeof Role>

/** Who is asking. `name` is what timelines and decisions show. */
export type Operator = { name: string; role: Role }

const RANK = { viewer: 0, operator: 1, admin: 2 } as const

/** Throws `forbidden` ROLE_NEEDED unless the operator has at least this role. */
export function requireRole({ role }: Operator, needed: Role): void {
  if (RANK[role] < RANK[needed])
    throw new ExpectedError('forbidden', 'ROLE_NEEDED', `This needs the role ${needed}; yours is ${role}.`)
}
