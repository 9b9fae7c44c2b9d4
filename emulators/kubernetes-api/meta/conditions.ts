import type { Condition } from './kube-object.ts'

/** Sets one condition; the time of transition changes with the status only. */
export function setCondition(
  conditions: Condition[] | undefined,
  condition: Condition,
  time: string,
): Condition[] {
  const present = conditions ?? []
  const before = present.find(one => one.type === condition.type)
  const isSameStatus = before?.status === condition.status
  const next = { ...condition, lastTransitionTime: isSameStatus ? (before.lastTransitionTime ?? time) : time }
  return before ? present.map(one => (one === before ? next : one)) : [...present, next]
}

/** The condition of a type. */
export function conditionOf(conditions: Condition[] | undefined, type: string): Condition | undefined {
  return conditions?.find(condition => condition.type === type)
}
