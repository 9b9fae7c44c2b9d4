import type { Condition } from './kube-object.ts'

/** Sets one condition; lastTransitionTime changes only with the status. */
export function setCondition(
  conditions: Condition[] | undefined,
  condition: Condition,
  time: string,
): Condition[] {
  const present = conditions ?? []
  const before = present.find(existing => existing.type === condition.type)
  const isSameStatus = before?.status === condition.status
  const next = { ...condition, lastTransitionTime: isSameStatus ? (before.lastTransitionTime ?? time) : time }
  return before ? present.map(existing => (existing === before ? next : existing)) : [...present, next]
}

/** Returns the condition of a type. */
export function conditionOf(conditions: Condition[] | undefined, type: string): Condition | undefined {
  return conditions?.find(condition => condition.type === type)
}
