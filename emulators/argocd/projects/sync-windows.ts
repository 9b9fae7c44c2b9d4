import { CronExpressionParser } from 'cron-parser'
import type { Application } from '../applications/application.ts'
import type { Project, SyncWindow } from './project.ts'

/** Returns the windows of a project that apply to an application. */
export function windowsFor(project: Project | undefined, { metadata, spec }: Application): SyncWindow[] {
  return (project?.spec.syncWindows ?? []).filter(window => {
    const selectors = [
      [window.applications, metadata.name],
      [window.namespaces, spec.destination.namespace ?? ''],
      [window.clusters, spec.destination.server ?? spec.destination.name ?? ''],
    ] as const
    const answers = selectors
      .filter(([globs]) => globs !== undefined && globs.length > 0)
      .map(([globs, value]) => (globs ?? []).some(glob => matches(glob, value)))
    return window.andOperator ? answers.length > 0 && answers.every(Boolean) : answers.some(Boolean)
  })
}

/** Returns whether a window is open: its schedule fired less than its duration ago. */
export function isActive({ schedule, duration, timeZone }: SyncWindow, now: Date): boolean {
  // `prev` returns a time strictly before its argument; adding a millisecond includes the firing itself.
  const currentDate = new Date(now.getTime() + 1)
  const fired = CronExpressionParser.parse(schedule, { currentDate, tz: timeZone ?? 'UTC' }).prev()
  return now.getTime() < fired.getTime() + durationMs(duration)
}

/**
 * Returns whether the windows permit a sync; a manual sync passes windows with `manualSync`. Source: argo-cd
 * `SyncWindows.CanSync`.
 */
export function canSync(windows: SyncWindow[], isManual: boolean, now: Date): boolean {
  const passes = (some: SyncWindow[]) => isManual && some.every(({ manualSync }) => manualSync === true)
  const denying = windows.filter(window => window.kind === 'deny' && isActive(window, now))
  if (denying.length > 0) return passes(denying)
  const allowing = windows.filter(({ kind }) => kind === 'allow')
  if (allowing.length === 0 || allowing.some(window => isActive(window, now))) return true
  return passes(allowing)
}

const UNIT_MS = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 } as const

/** Parses a duration in Go's notation (`1h30m`) to milliseconds. Throws RangeError for anything else. */
export function durationMs(text: string): number {
  if (!/^(\d+(\.\d+)?(h|ms|m|s))+$/.test(text))
    throw new RangeError(`"${text}" is not a duration; expected for example 1h30m`)
  const parts = text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s)/g)
  return [...parts].reduce(
    (sum, [, count, unit]) => sum + Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS],
    0,
  )
}

function matches(glob: string, value: string): boolean {
  const pattern = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${pattern}$`).test(value)
}
