import { pluralize } from '@goalixa/chassis/pluralize'
import type { NewTimelineEntry } from '../incidents/timeline.repository.ts'
import type { Alert } from './alert.ts'

type Placed = { id: string; incidentId: string | null }

/** Timeline entries about alerts of the same delivery that the incident lacks: omitted by Alertmanager, or rejected as invalid. */
export function omittedAlertEntries(
  batch: Alert[],
  known: Map<string, Placed>,
  placed: Placed[],
  now: Date,
): NewTimelineEntry[] {
  const incidentOf = new Map([...known.values(), ...placed].map(({ id, incidentId }) => [id, incidentId]))
  const at = now.toISOString()
  return batch.flatMap(({ id, leftOut: { truncated, refused } }) => {
    const incidentId = incidentOf.get(id)
    if (!incidentId) return []
    const lines: NewTimelineEntry[] = []
    if (truncated > 0)
      lines.push({
        incidentId,
        key: `truncated/${truncated}`,
        kind: 'alerts-truncated',
        message: `Alertmanager left out ${pluralize(truncated, 'more alert')} of the group (max_alerts of its webhook): the incident does not know them.`,
        data: { truncated },
        at,
      })
    if (refused > 0)
      lines.push({
        incidentId,
        key: `refused/${refused}`,
        kind: 'alerts-rejected',
        message: `${pluralize(refused, 'alert')} of the same delivery could not be understood: \`syntra refused\` shows them.`,
        data: { rejected: refused },
        at,
      })
    return lines
  })
}
