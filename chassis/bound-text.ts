import { createHash } from 'node:crypto'

const MARK = '%~'
const HASH_CHARS = 32

/**
 * Returns a text that fits into `maxBytes` of UTF-8: the text itself, or its beginning and a hash of the whole, so that different texts stay different.
 * For what lands in an index: PostgreSQL refuses an entry above 2,704 bytes.
 */
export function boundText(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text)
  if (bytes.length <= maxBytes) return text
  const kept = bytes.subarray(0, maxBytes - MARK.length - HASH_CHARS)
  // A character that was cut in half is dropped.
  const head = new TextDecoder().decode(kept, { stream: true })
  return `${head}${MARK}${createHash('sha256').update(bytes).digest('hex').slice(0, HASH_CHARS)}`
}
