/**
 * How much one answer carries at most, whatever was asked for; the rest is on the next pages. `textBytes` counts the texts
 * as UTF-8, and a page always has at least one row. As JSON a page is rarely more than 3 MB, and never more than 14 MB,
 * if each character is a control character: the BFF reads up to 32 MB. A thousand rows with the longest notes would be 80 MB.
 */
export const PAGE_LIMITS = { rows: 1_000, textBytes: 2_097_152 }
export type PageLimits = typeof PAGE_LIMITS
