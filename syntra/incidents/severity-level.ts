/** The severities for which somebody is woken. */
export const CRITICAL_SEVERITIES = ['critical', 'page']

/** How urgent a severity is: 0 critical, 1 warnings and severities of the installation's own, 2 information. */
export function severityLevel(severity: string): number {
  if (CRITICAL_SEVERITIES.includes(severity)) return 0
  return severity === 'info' || severity === 'none' ? 2 : 1
}
