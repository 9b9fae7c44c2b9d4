import { FIELDS, type FieldRule } from '@goalixa/rules/fields/fields'
import { MAX_SKEW_MS } from '@goalixa/rules/stamps/max-skew'
import type { Entity, Op } from './sync.schema.ts'

/** Returns the fields of an entity that say when something happened, which no clock may put into the future. */
export function instantsOf(entity: Entity): string[] {
  const rules: [string, FieldRule][] = Object.entries(FIELDS[entity])
  return rules.flatMap(([name, { kind }]) => (kind === 'instant' ? [name] : []))
}

/** Returns why an op's value cannot be the time of something that happened, or undefined. Core corrects a smaller error. */
export function findTimeProblem({ entity, field, value }: Op, nowMs: number) {
  if (typeof value !== 'string' || !instantsOf(entity).includes(field)) return undefined
  if (Date.parse(value) <= nowMs + MAX_SKEW_MS) return undefined
  return { code: 'IN_THE_FUTURE', reason: 'a time that is not in the future' }
}
