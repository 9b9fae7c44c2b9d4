/** The same JSON without what PostgreSQL's jsonb can not hold: NUL characters and lone surrogates become U+FFFD. */
export function storableJson<T>(value: T): T {
  return JSON.parse(JSON.stringify(value), (_key, part) =>
    typeof part === 'string' ? storableText(part) : part,
  )
}

/** The same for one text. */
export function storableText(text: string): string {
  return text.toWellFormed().replaceAll('\u0000', '\uFFFD')
}
