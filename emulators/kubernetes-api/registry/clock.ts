/** The current time; tests pass their own. */
export type Clock = () => Date

/** Formats a metav1.Time: RFC 3339 in UTC with whole seconds. */
export function toTime(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`
}
