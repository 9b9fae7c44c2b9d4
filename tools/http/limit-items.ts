import { reportCut } from '../read-scope.ts'

/** The first items of a list that another system may have made longer than it was asked to; reports those left out. */
export function limitItems<T>(system: string, path: string, items: readonly T[], max: number): readonly T[] {
  if (items.length <= max) return items
  reportCut(system, [{ path, unit: 'items', kept: max, total: items.length }])
  return items.slice(0, max)
}
