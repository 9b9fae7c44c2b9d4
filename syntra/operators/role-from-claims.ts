import type { JWTPayload } from 'jose'
import { highestOf, Role } from './operator.ts'

/** The role in a claim, or the highest of a list; the claim's name may be a dotted path. Undefined if there is none. */
export function roleFromClaims(payload: JWTPayload, claim: string): Role | undefined {
  // Names such as https://example.com/role have dots of their own.
  const value = Object.hasOwn(payload, claim) ? payload[claim] : claim.split('.').reduce(inside, payload)
  const values: unknown[] = Array.isArray(value) ? value : [value]
  return highestOf(values.flatMap(role => Role.safeParse(role).data ?? []))
}

function inside(value: unknown, name: string): unknown {
  const isObject = typeof value === 'object' && value !== null && Object.hasOwn(value, name)
  return isObject ? (value as Record<string, unknown>)[name] : undefined
}
