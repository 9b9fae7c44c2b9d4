import { reportCut } from '../read-scope.ts'

/** Returns the first `max` items of a list, because the other system may not honour the limit in the request; reports those left out. */
export function limitItems<T>(system: string, path: string, items: readonly T[], max: number): readonly T[] {
  if (items.length <= max) return items
  reportCut(system, [{ path, unit: 'items', kept: max, total: items.length }])
  return items.slice(0, max)
}
