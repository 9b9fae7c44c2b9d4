import { assertDatabaseUsable, type Client, inTransaction, type Pool } from '@goalixa/chassis/postgres'
import { z } from 'zod'
import { appendEntries, type NewTimelineEntry } from '../incidents/timeline.repository.ts'
import { insertInvestigations, queueInvestigations } from '../investigations/start-investigations.ts'
import type { Alert } from './alert.ts'
import type { CorrelationSettings } from './correlate-alert.ts'
import { deduplicateAlerts, KnownAlert } from './deduplicate-alerts.ts'
import { linkStorms } from './link-storms.ts'
import { loadCandidates } from './load-candidates.ts'
import { lockAlerts } from './lock-alerts.ts'
import { omittedAlertEntries } from './omitted-alert-entries.ts'
import { placeAlerts } from './place-alerts.ts'
import * as sql from './write-alerts.ts'

/** Stores a batch of alerts with their incidents, timeline entries and outbox rows, in one transaction. */
export function createAlertsRepository(pool: Pool, settings: CorrelationSettings) {
  return {
    /** Throws `unavailable` while the database is known to accept no writes. */
    assertUsable: () => assertDatabaseUsable(pool),
    ingest(batch: Alert[], now: Date): Promise<void> {
      return inTransaction(pool, async client => {
        // Pipelined in this order: a batch takes a few round trips to the database, not a dozen.
        const [, known, candidates] = await Promise.all([
          lockAlerts(client),
          loadKnown(client, batch),
          loadCandidates(client, batch, now, settings),
        ])
        const sorted = deduplicateAlerts(batch, known)
        const placed = placeAlerts(sorted.fresh, candidates, now, settings)
        const resolvedIn = sorted.resolved.flatMap(({ incidentId }) => incidentId ?? [])
        const lines = [
          ...placed.lines,
          ...sorted.resolved.flatMap(toResolvedLine(now)),
          ...omittedAlertEntries(batch, known, placed.alerts, now),
        ]
        const [, , , , , calm, started] = await Promise.all([
          sql.insertIncidents(client, placed.opened, now),
          sql.touchIncidents(client, placed.extended, now),
          sql.insertAlerts(client, placed.alerts, now),
          sql.countDeliveries(client, sorted.deliveries),
          appendEntries(client, lines),
          sql.resolveCalmIncidents(client, [...new Set(resolvedIn)], now),
          insertInvestigations(client, placed.firing, now),
          sql.titleStorms(client, placed.touchedStorms, now),
        ])
        await appendEntries(client, calm.map(toCalmLine(now)))
        await queueInvestigations(client, started, now)
        await linkStorms(client, placed.opened.flatMap(toStorm), now, settings.cluster)
      })
    },
  }
}

export type AlertsRepository = ReturnType<typeof createAlertsRepository>

async function loadKnown(client: Client, batch: Alert[]): Promise<Map<string, KnownAlert>> {
  const { rows } = await client.query(
    'SELECT id, status, incident_id AS "incidentId" FROM alerts WHERE id = ANY($1)',
    [[...new Set(batch.map(alert => alert.id))]],
  )
  return new Map(
    z
      .array(KnownAlert)
      .parse(rows)
      .map(alert => [alert.id, alert]),
  )
}

function toStorm({ id, storm, cluster }: sql.OpenedIncident) {
  return storm === null ? [] : [{ id, storm, cluster }]
}

function toResolvedLine(now: Date) {
  return ({ alert, incidentId }: { alert: Alert; incidentId: string | null }): NewTimelineEntry[] =>
    incidentId === null
      ? []
      : [
          {
            incidentId,
            key: `resolved/${alert.id}`,
            kind: 'alert-resolved',
            message: `${alert.name} is resolved.`,
            data: { alert: alert.id, endsAt: alert.endsAt },
            at: now.toISOString(),
          },
        ]
}

function toCalmLine(now: Date) {
  return (incidentId: string): NewTimelineEntry => ({
    incidentId,
    key: `calm/${now.toISOString()}`,
    kind: 'incident-resolved',
    message: 'All alerts of the incident are resolved.',
    at: now.toISOString(),
  })
}
