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

/** The worst of some states of health; Healthy without any. */
export function worstHealth(states: readonly HealthStatus[]): HealthStatus {
  return ORDER[Math.max(0, ...states.map(state => ORDER.indexOf(state)))] ?? 'Unknown'
}
