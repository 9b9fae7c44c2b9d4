import type { Json } from '../../json.ts'
import type { Steps } from '../../slices/run-in-slices.ts'

type Change = { path: string; live: Json; desired: Json }

/**
 * The fields in which two JSON values differ, in steps. Items of a list are paired by `name` where all have one
 * (`containers[core].image`), else by position; a field that one side lacks is null there.
 */
export function* diffInSteps(live: Json, desired: Json, path = ''): Steps<Change[]> {
  if (live === desired) return []
  yield
  const [left, right] = [fieldsOf(live), fieldsOf(desired)]
  if (left === null || right === null || Array.isArray(live) !== Array.isArray(desired))
    return [{ path, live, desired }]
  const isList = Array.isArray(live)
  const changes: Change[] = []
  for (const key of new Set([...left.keys(), ...right.keys()])) {
    const [before, after] = [left.get(key) ?? null, right.get(key) ?? null]
    if (before === after) continue
    for (const change of yield* diffInSteps(before, after, childPath(path, key, isList))) changes.push(change)
  }
  return changes
}

function fieldsOf(value: Json): Map<string, Json> | null {
  if (Array.isArray(value)) {
    const names = namesOf(value)
    return new Map(value.map((item, index) => [names?.[index] ?? String(index), item]))
  }
  return value !== null && typeof value === 'object' ? new Map(Object.entries(value)) : null
}

/** The name of each item of a list, if they all have one of their own. */
function namesOf(list: Json[]): string[] | null {
  const names = list.map(item =>
    item !== null && typeof item === 'object' && !Array.isArray(item) ? item.name : undefined,
  )
  const areUnique = new Set(names).size === list.length && names.every(name => typeof name === 'string')
  return areUnique ? (names as string[]) : null
}

function childPath(path: string, key: string, isList: boolean): string {
  if (isList) return `${path}[${key}]`
  const step = /^[\w-]+$/.test(key) ? key : `[${key}]`
  return path === '' || step.startsWith('[') ? path + step : `${path}.${step}`
}
