import type { HealthStatus } from '../applications/application.ts'

// From best to worst. Source: gitops-engine `pkg/health/health.go`.
const ORDER: readonly HealthStatus[] = [
  'Healthy',
  'Suspended',
  'Progressing',
  'Missing',
  'Degraded',
  'Unknown',
]

/** Returns the worst of several health states; Healthy if there are none. */
export function worstHealth(states: readonly HealthStatus[]): HealthStatus {
  return ORDER[Math.max(0, ...states.map(state => ORDER.indexOf(state)))] ?? 'Unknown'
}
