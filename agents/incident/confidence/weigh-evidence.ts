import type { Argument } from '../verdict.ts'
import type { CheckContext } from './define-check.ts'
import { CHECKS, sideOf } from './registry.ts'

/** The arguments for and against a root being the cause, each with its evidence. */
export function weighEvidence(context: CheckContext): { for: Argument[]; against: Argument[] } {
  const found = Object.values(CHECKS).flatMap((check): Argument[] => check.run(context))
  return {
    for: found.filter(({ code }) => sideOf(code) === 'for'),
    against: found.filter(({ code }) => sideOf(code) === 'against'),
  }
}
