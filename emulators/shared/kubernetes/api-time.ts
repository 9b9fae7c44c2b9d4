/** A time as the Kubernetes API writes it: RFC 3339 in whole seconds. */
export function apiTime(date = new Date()): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z')
}
