import type { Json } from '../json.ts'
import { escapeLabelValue } from '../prometheus/quote-label-value.ts'

const PLACEHOLDER = /\$\{(\w+)\}/g

/** The names between `${` and `}` in the texts of some arguments. */
export function placeholdersIn(args: Json): string[] {
  if (typeof args === 'string') return [...args.matchAll(PLACEHOLDER)].map(([, name = '']) => name)
  if (args === null || typeof args !== 'object') return []
  return Object.values(args).flatMap(part => placeholdersIn(part))
}

/** The arguments with `${name}` replaced. In a `query` the value is escaped, as it stands between quotes of PromQL. */
export function interpolate<T extends Json>(args: T, values: Record<string, string>): T
export function interpolate(args: Json, values: Record<string, string>, field?: string): Json {
  if (typeof args === 'string') {
    const escaped = field === 'query' ? escapeLabelValue : (value: string) => value
    return args.replace(PLACEHOLDER, (whole, name: string) =>
      name in values ? escaped(values[name] ?? '') : whole,
    )
  }
  if (args === null || typeof args !== 'object') return args
  const inside = interpolate as (args: Json, values: Record<string, string>, field?: string) => Json
  if (Array.isArray(args)) return args.map(item => inside(item, values, field))
  return Object.fromEntries(Object.entries(args).map(([key, part]) => [key, inside(part, values, key)]))
}
