/** Returns the name of a time zone in its proper case: `europe/berlin` and `Europe/Berlin` are one zone. An alias stays as it is. */
export function canonicalTimeZone(name: string): string {
  const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions()
  return timeZone.toLowerCase() === name.toLowerCase() ? timeZone : name
}
