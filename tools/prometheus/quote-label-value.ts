/**
 * A text as a PromQL string with its quotes, safe inside of a label matcher. For `=~` escape it with
 * `quoteLabelPattern`. Source: https://prometheus.io/docs/prometheus/latest/querying/basics/#string-literals
 */
export function quoteLabelValue(value: string): string {
  return `"${escapeLabelValue(value)}"`
}

/** Quotes text for a `=~` or `!~` matcher, so that it matches literally. */
export function quoteLabelPattern(value: string): string {
  return quoteLabelValue(value.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&'))
}

/** A text as it may stand between double quotes in PromQL. */
export function escapeLabelValue(value: string): string {
  return value.toWellFormed().replace(/[\\"]/g, '\\$&').replace(UNREADABLE, escapeControl)
}

// Controls, and U+FFFD, which Prometheus takes for broken UTF-8 when it stands there as it is.
const UNREADABLE = /[\p{Cc}\uFFFD]/gu

// `\x85` would be that byte, which is not that character in UTF-8.
function escapeControl(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
