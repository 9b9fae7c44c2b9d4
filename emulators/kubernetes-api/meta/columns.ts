import type { KubeObject } from './kube-object.ts'
import type { Column } from './resource-kind.ts'

export const NAME_COLUMN: Column = { name: 'Name', format: 'name', read: object => object.metadata.name }
export const AGE_COLUMN: Column = {
  name: 'Age',
  read: (object, now) => formatAge(object.metadata.creationTimestamp, now),
}

/** The columns of a kind that defines none. */
export const DEFAULT_COLUMNS: Column[] = [NAME_COLUMN, { ...AGE_COLUMN, name: 'Age' }]

/** Inserts a kind's own columns between name and age. */
export function columnsOf<T extends KubeObject>(own: Column<T>[], after: Column<T>[] = []): Column<T>[] {
  return [NAME_COLUMN as Column<T>, ...own, AGE_COLUMN as Column<T>, ...after]
}

/**
 * Formats the age of a time as kubectl prints it: 45s, 3m2s, 5h, 2d4h. Source: k8s.io/apimachinery
 * duration.HumanDuration.
 */
export function formatAge(time: string | undefined, now: Date): string {
  if (!time) return '<unknown>'
  return formatDuration(Math.floor((now.getTime() - Date.parse(time)) / 1000))
}

/** Formats a duration of whole seconds as kubectl prints it. */
export function formatDuration(seconds: number): string {
  if (seconds < -1) return '<invalid>'
  if (seconds < 0) return '0s'
  if (seconds < 120) return `${seconds}s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 10) return joinUnits(minutes, 'm', seconds % 60, 's')
  if (minutes < 180) return `${minutes}m`
  const hours = Math.floor(minutes / 60)
  if (hours < 8) return joinUnits(hours, 'h', minutes % 60, 'm')
  if (hours < 48) return `${hours}h`
  const days = Math.floor(hours / 24)
  if (days < 8) return joinUnits(days, 'd', hours % 24, 'h')
  if (days < 730) return `${days}d`
  const years = Math.floor(days / 365)
  return years < 8 ? joinUnits(years, 'y', days % 365, 'd') : `${years}y`
}

function joinUnits(big: number, bigUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${big}${bigUnit}` : `${big}${bigUnit}${small}${smallUnit}`
}

/** Formats labels as `a=1,b=2`, or `<none>`. */
export function formatLabels(labels: Record<string, string> | undefined): string {
  const entries = Object.entries(labels ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return entries.length === 0 ? '<none>' : entries.map(([key, value]) => `${key}=${value}`).join(',')
}
