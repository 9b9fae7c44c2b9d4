/** The severities for which somebody is woken. */
export const CRITICAL_SEVERITIES = ['critical', 'page']
const INFORMATIONAL_SEVERITIES = ['info', 'none']

/** How urgent a severity is: 0 for critical, 1 for warnings and any unknown severity, 2 for informational. */
export function severityLevel(severity: string): number {
  if (CRITICAL_SEVERITIES.includes(severity)) return 0
  return INFORMATIONAL_SEVERITIES.includes(severity) ? 2 : 1
}

/** The same in SQL, of an expression that gives a severity. */
export function severityLevelSql(expression: string): string {
  const list = (severities: string[]) => severities.map(severity => `'${severity}'`).join(', ')
  return `CASE WHEN ${expression} IN (${list(CRITICAL_SEVERITIES)}) THEN 0
    WHEN ${expression} IN (${list(INFORMATIONAL_SEVERITIES)}) THEN 2 ELSE 1 END`
}

/** The more urgent of two severities; of two equal ones the first. */
export function moreSevere(one: string, other: string): string {
  return severityLevel(other) < severityLevel(one) ? other : one
}
