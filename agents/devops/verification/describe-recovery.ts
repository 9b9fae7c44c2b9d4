import { describeSubject } from '../../incident/findings/subject.ts'
import type { Predicate } from './predicate.ts'

/** When an action counts as recovered, as clauses for people: the conditions of one rollout become a single clause. */
export function describeRecovery(predicates: readonly Predicate[]): string[] {
  const clauses = predicates.map(predicate =>
    predicate.kind === 'rollout-complete' && predicate.condition !== 'replicas-wanted'
      ? `the rollout of ${describeSubject(predicate.workload)} is complete`
      : predicate.message,
  )
  return [...new Set(clauses)]
}
