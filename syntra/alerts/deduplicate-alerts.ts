import { z } from 'zod'
import type { Alert } from './alert.ts'

export const KnownAlert = z.object({
  id: z.string(),
  status: z.enum(['firing', 'resolved']),
  incidentId: z.string().nullable(),
})
export type KnownAlert = z.infer<typeof KnownAlert>
export type Sorted = {
  /** Not stored yet; in the state after all deliveries of this batch. */
  fresh: Alert[]
  /** Stored as firing, resolved in this batch. */
  resolved: { alert: Alert; incidentId: string | null }[]
  /** How often each stored alert was delivered in this batch. */
  deliveries: { id: string; count: number; endsAt: string | null; status: Alert['status'] }[]
}

/**
 * Splits a batch into new alerts and repeated deliveries. An occurrence that was resolved stays resolved: a firing of the same start that
 * arrives later was overtaken by its resolution. A real new firing has a new start.
 */
export function deduplicateAlerts(batch: Alert[], known: Map<string, KnownAlert>): Sorted {
  const sorted: Sorted = { fresh: [], resolved: [], deliveries: [] }
  for (const [id, deliveries] of Map.groupBy(batch, alert => alert.id)) {
    const alert = deliveries.find(({ status }) => status === 'resolved') ?? deliveries[0]
    if (!alert) continue
    const before = known.get(id)
    const status = before?.status === 'resolved' ? 'resolved' : alert.status
    if (!before) sorted.fresh.push(alert)
    else if (before.status === 'firing' && status === 'resolved')
      sorted.resolved.push({ alert, incidentId: before.incidentId })
    if (before || deliveries.length > 1)
      sorted.deliveries.push({
        id,
        count: before ? deliveries.length : deliveries.length - 1,
        endsAt: alert.endsAt,
        status,
      })
  }
  return sorted
}
