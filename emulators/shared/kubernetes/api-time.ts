/** A time in the format of the Kubernetes API: RFC 3339 in whole seconds. */
export function apiTime(date = new Date()): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z')
}
