import { VerificationView } from '../actions.schema.ts'

type Predicates = Record<'recovered' | 'worse' | 'unrelatedAlerts', readonly unknown[]>

/** A stored verification. Readings of versions before 0.2 have no role; it follows from their order, which is that of the predicates. */
export function parseVerification(stored: unknown, predicates: Predicates): VerificationView | null {
  if (stored === null || stored === undefined) return null
  const { readings, ...rest } = stored as { readings: object[] }
  const roles = [
    ...predicates.recovered.map(() => 'recovered'),
    ...predicates.worse.map(() => 'worse'),
    ...predicates.unrelatedAlerts.map(() => 'unrelated'),
  ]
  return VerificationView.parse({
    ...rest,
    readings: readings.map((reading, index) => ({ role: roles[index], ...reading })),
  })
}
