import type { ConfidenceCheck } from '../check.ts'

/** The chain ends at an alert that fires now, not only at a measurement. */
export const reachesAlert: ConfidenceCheck = ({ chain: { root, explained } }) => {
  const alerts = [root, ...explained].filter(one => one.code === 'ALERT_FIRING')
  if (alerts.length === 0) return []
  const evidence = [...new Set(alerts.flatMap(alert => alert.evidence))]
  return [{ side: 'for', code: 'EXPLAINS_ALERT', message: 'it leads to the alert that fires', evidence }]
}
