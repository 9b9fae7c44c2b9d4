import type { Json } from '@goalixa/tools/json'
import { mapStrings } from '@goalixa/tools/map-strings'

/** The same JSON without what PostgreSQL's jsonb cannot store: in values and names, NULs and lone surrogates become U+FFFD. */
export function sanitizeForJsonb<T>(value: T): T {
  return mapStrings(JSON.parse(JSON.stringify(value)) as Json, sanitizeTextForPostgres) as T
}

/** The same for one text. */
export function sanitizeTextForPostgres(text: string): string {
  return text.toWellFormed().replaceAll('\u0000', '\uFFFD')
}
