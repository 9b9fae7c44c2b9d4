import type { Scope } from './snapshot.ts'

/** Unix seconds of an ISO time, or null if it is none. */
export function secondsOf(iso: string | null | undefined): number | null {
  if (iso === null || iso === undefined) return null
  const milliseconds = Date.parse(iso)
  return Number.isNaN(milliseconds) ? null : milliseconds / 1000
}

/** ISO time of Unix seconds. Out of range gives the epoch rather than a throw: the number came from outside. */
export function isoOf(seconds: number): string {
  const date = new Date(seconds * 1000)
  return Number.isNaN(date.getTime()) ? new Date(0).toISOString() : date.toISOString()
}

/** The window of a rate: long enough for ten scrapes at 15 seconds. */
export function rateWindowSeconds(scope: Pick<Scope, 'timeScale'>): number {
  return Math.ceil(scaled(scope, 150, 6))
}

/** How long before the onset counts as the normal state: series are read from there on, and what held all that time is not recent. */
export function baselineSeconds(scope: Pick<Scope, 'timeScale'>): number {
  return scaled(scope, 45 * 60, 180)
}

/** A window that is `seconds` long in production, shortened by the cluster's factor, never below `floor`. */
export function scaled(scope: Pick<Scope, 'timeScale'>, seconds: number, floor: number): number {
  return Math.max(seconds / scope.timeScale, floor)
}
