import { isDeepStrictEqual } from 'node:util'
import type { Json } from '../../json.ts'

type Change = { path: string; live: Json; desired: Json }

/**
 * The fields in which two JSON values differ. Items of a list are paired by `name` where all have one
 * (`containers[core].image`), else by position; a field that one side lacks is null there.
 */
export function diffValues(live: Json, desired: Json, path = ''): Change[] {
  if (isDeepStrictEqual(live, desired)) return []
  const [left, right] = [fieldsOf(live), fieldsOf(desired)]
  if (left === null || right === null || Array.isArray(live) !== Array.isArray(desired))
    return [{ path, live, desired }]
  const isList = Array.isArray(live)
  const keys = new Set([...left.keys(), ...right.keys()])
  return [...keys].flatMap(key =>
    diffValues(left.get(key) ?? null, right.get(key) ?? null, childPath(path, key, isList)),
  )
}

function fieldsOf(value: Json): Map<string, Json> | null {
  if (Array.isArray(value))
    return new Map(value.map((item, index) => [nameOf(item, value) ?? String(index), item]))
  return value !== null && typeof value === 'object' ? new Map(Object.entries(value)) : null
}

function nameOf(item: Json, list: Json[]): string | null {
  const names = list.map(each =>
    each !== null && typeof each === 'object' && !Array.isArray(each) ? each.name : undefined,
  )
  const areUnique = new Set(names).size === list.length && names.every(name => typeof name === 'string')
  const name = names[list.indexOf(item)]
  return areUnique && typeof name === 'string' ? name : null
}

function childPath(path: string, key: string, isList: boolean): string {
  if (isList) return `${path}[${key}]`
  const step = /^[\w-]+$/.test(key) ? key : `[${key}]`
  return path === '' || step.startsWith('[') ? path + step : `${path}.${step}`
}
