import { z } from 'zod'

const MAX = 1_000
const RANGE = `a whole number from 1 to ${MAX.toLocaleString('en')}`

/** Returns the schema of the query parameter `limit`: how many rows a page of a list may have. */
export function pageLimit(defaultLimit: number) {
  return z.coerce.number(RANGE).int(RANGE).min(1, RANGE).max(MAX, RANGE).default(defaultLimit)
}
