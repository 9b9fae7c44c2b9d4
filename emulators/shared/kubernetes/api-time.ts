/** Formats a time as the Kubernetes API does: RFC 3339 in whole seconds. */
export function apiTime(date = new Date()): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z')
}
