import { dayAround } from './day.ts'
import type { Records, TimeEntry } from './records.ts'
import { coveredSeconds, runningEntry, type Stretch, stretchesWithin } from './timer.ts'

/** The time tracked on one local day. Seconds exclude the running timer, which counts from `sinceMs`. */
export type DaySummary = {
  fromMs: number
  toMs: number
  stretches: Stretch[]
  running: TimeEntry | undefined
  /** When the running timer starts to count towards this day. */
  sinceMs: number | null
  seconds: number
  secondsOfTask: ReadonlyMap<string, number>
  /** By project, `null` for none; includes the running timer up to now. */
  secondsOfProject: ReadonlyMap<string | null, number>
}

/** Summarises the day that contains `atMs`, as of `nowMs`. */
export function summariseDay({ projects, tasks, entries }: Records, atMs: number, nowMs: number): DaySummary {
  const day = dayAround(atMs)
  const stretches = stretchesWithin(entries, { ...day, nowMs: Math.max(nowMs, day.fromMs) })
  const current = stretches.find(({ isRunning }) => isRunning && nowMs < day.toMs)
  const closed = stretches.filter(stretch => stretch !== current)
  const isLive = new Set(projects.map(({ id }) => id))
  const projectOf = new Map(
    tasks.map(({ id, projectId }) => [id, isLive.has(projectId ?? '') ? projectId : null]),
  )
  const secondsOfTask = new Map<string, number>()
  for (const stretch of closed) if (stretch.taskId !== null) add(secondsOfTask, stretch.taskId, stretch)
  const secondsOfProject = new Map<string | null, number>()
  for (const stretch of stretches) add(secondsOfProject, projectOf.get(stretch.taskId ?? '') ?? null, stretch)
  return {
    ...day,
    stretches,
    running: runningEntry(entries),
    sinceMs: current?.startMs ?? null,
    seconds: coveredSeconds(closed),
    secondsOfTask,
    secondsOfProject,
  }
}

function add<K>(sums: Map<K, number>, key: K, { startMs, endMs }: Stretch) {
  sums.set(key, (sums.get(key) ?? 0) + (endMs - startMs) / 1000)
}
