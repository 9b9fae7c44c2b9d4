import { pluralize } from '@goalixa/chassis/pluralize'
import type { Client } from '@goalixa/chassis/postgres'
import { appendEntries, type NewTimelineEntry } from '../incidents/timeline.repository.ts'
import { STORM_SECONDS } from './create-storm-detector.ts'
import { describeDomain, type FailureDomain } from './failure-domains.ts'

const MAX_LINKED = 100

type BegunStorm = { id: string; storm: FailureDomain; cluster: string | null }

/**
 * Links a storm's incident with the incidents of its failure domain that were opened before it in its cluster. These keep their alerts,
 * and their investigations continue. `served` is the cluster of incidents that name none.
 */
export async function linkStorms(client: Client, begun: BegunStorm[], now: Date, served: string | null) {
  for (const { id, storm, cluster } of begun) {
    const { rows } = await client.query<{ id: string }>(
      `SELECT id FROM incidents
       WHERE opened_at > $1 AND storm_label IS NULL AND domains->>$2 = $3
         AND coalesce(cluster, $5) IS NOT DISTINCT FROM coalesce($4, $5) ORDER BY opened_at, id LIMIT ${MAX_LINKED}`,
      [new Date(now.getTime() - STORM_SECONDS * 1000), storm.label, storm.value, cluster, served],
    )
    if (rows.length === 0) continue
    const earlier = rows.map(row => row.id)
    const entry = (incidentId: string, incidents: string[], message: string): NewTimelineEntry => ({
      incidentId,
      key: `storm/${id}`,
      kind: 'incidents-linked',
      message,
      data: { incidents },
      at: now.toISOString(),
    })
    const place = describeDomain(storm)
    await appendEntries(client, [
      entry(
        id,
        earlier,
        `${pluralize(earlier.length, 'incident')} on ${place} had been opened before the storm. They are investigated separately.`,
      ),
      ...earlier.map(incident =>
        entry(
          incident,
          [id],
          `A storm of alerts on ${place} has started: further alerts join incident ${id}.`,
        ),
      ),
    ])
  }
}
