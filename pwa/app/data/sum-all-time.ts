import { groupByProject, type ProjectTime } from '@goalixa/rules/reports/group-by-project'
import { countTime } from '@goalixa/rules/time/count-time'
import type { Records } from './records.ts'

/** Returns all time tracked so far per project and task, counted as in reports. */
export function sumAllTime({ entries, names }: Records, nowMs: number): ProjectTime[] {
  const always = { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY }
  return groupByProject(countTime(entries, { ...always, nowMs }), names)
}
