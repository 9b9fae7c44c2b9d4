/** How urgent a severity is: 0 critical, 1 warnings and severities of the installation's own, 2 information. */
export function severityLevel(severity: string): number {
  if (severity === 'critical' || severity === 'page') return 0
  return severity === 'info' || severity === 'none' ? 2 : 1
}
