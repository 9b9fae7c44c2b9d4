import { isSameValue } from './is-same-value.ts'
import { listKey } from './list-key.ts'

type Fields = Record<string, unknown>

/**
 * Returns the live object with the target applied: fields of the target win, fields that were in the last applied
 * manifest but not in the target are removed, everything else stays (defaults, fields of other writers). Equivalent
 * values keep their live spelling. Source: the three-way merge of `kubectl apply`.
 */
export function mergeThreeWay(
  last: unknown,
  live: unknown,
  target: unknown,
  path: readonly string[] = [],
): unknown {
  if (isFields(target))
    return isFields(live) ? mergeFields(isFields(last) ? last : {}, live, target, path) : stripNulls(target)
  if (Array.isArray(target))
    return mergeList(Array.isArray(last) ? last : [], Array.isArray(live) ? live : [], target, path)
  return isSameValue(live, target, path) ? live : target
}

function mergeFields(last: Fields, live: Fields, target: Fields, path: readonly string[]): Fields {
  const result: Fields = { ...live }
  for (const name of Object.keys(last)) if (!(name in target)) delete result[name]
  for (const [name, value] of Object.entries(target)) {
    if (value === null) delete result[name]
    else result[name] = mergeThreeWay(last[name], live[name], value, [...path, name])
  }
  return result
}

function mergeList(last: unknown[], live: unknown[], target: unknown[], path: readonly string[]): unknown[] {
  const key = listKey(path, [...target, ...live])
  if (key === null) return mergeByPosition(last, live, target, path)
  const liveByKey = new Map(live.map(item => [key(item), item]))
  const lastByKey = new Map((listKey(path, last) ? last : []).map(item => [key(item), item]))
  const wanted = new Set(target.map(key))
  const merged = target.map(item =>
    mergeThreeWay(lastByKey.get(key(item)), liveByKey.get(key(item)), item, path),
  )
  const others = live.filter(item => !wanted.has(key(item)) && !lastByKey.has(key(item)))
  return [...merged, ...others]
}

// A list without keys is replaced as a whole; merging by position only keeps the server's defaults inside its items.
function mergeByPosition(
  last: unknown[],
  live: unknown[],
  target: unknown[],
  path: readonly string[],
): unknown[] {
  if (live.length !== target.length) return target.map(stripNulls)
  return target.map((item, index) => mergeThreeWay(last[index], live[index], item, path))
}

function stripNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(stripNulls)
  if (!isFields(value)) return value
  const kept = Object.entries(value).filter(([, field]) => field !== null)
  return Object.fromEntries(kept.map(([name, field]) => [name, stripNulls(field)]))
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
