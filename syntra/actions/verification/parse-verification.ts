import { VerificationView } from '../actions.schema.ts'

type Predicates = Record<'recovered' | 'worse' | 'unrelatedAlerts', readonly unknown[]>
type Stored = { readings: object[] } & Partial<
  Record<'startedAt' | 'lastAt' | 'holdsSince' | 'worseSince' | 'sameSince', string | null>
>

/**
 * A stored verification. Readings of versions before 0.2 have no role; it follows from their order, which is that of the
 * predicates. Earlier versions stored no durations; they are derived from the stored times, which already exclude gaps.
 */
export function parseVerification(stored: unknown, predicates: Predicates): VerificationView | null {
  if (stored === null || stored === undefined) return null
  const { readings, ...rest } = stored as Stored
  const roles = [
    ...predicates.recovered.map(() => 'recovered'),
    ...predicates.worse.map(() => 'worse'),
    ...predicates.unrelatedAlerts.map(() => 'unrelated'),
  ]
  return VerificationView.parse({
    ...durationsOf(rest),
    ...rest,
    readings: readings.map((reading, index) => ({ role: roles[index], ...reading })),
  })
}

function durationsOf({ startedAt, lastAt, holdsSince, worseSince, sameSince }: Omit<Stored, 'readings'>) {
  const until = (from: string | null | undefined) =>
    from && lastAt ? Math.max(0, Date.parse(lastAt) - Date.parse(from)) : null
  return {
    observedMs: until(startedAt) ?? 0,
    holdsMs: until(holdsSince),
    worseMs: until(worseSince),
    sameMs: until(sameSince),
  }
}
