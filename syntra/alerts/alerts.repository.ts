import { assertDatabaseUsable, type Client, inTransaction, type Pool } from '@goalixa/chassis/postgres'
import { v7 as uuid } from 'uuid'
import { z } from 'zod'
import { appendEntries, type NewTimelineEntry } from '../incidents/timeline.repository.ts'
import { insertInvestigations, queueInvestigations } from '../investigations/start-investigations.ts'
import type { Alert } from './alert.ts'
import { boundLabels } from './bound-labels.ts'
import { type Candidate, createAlertCorrelator, type Windows } from './correlate-alert.ts'
import { deduplicateAlerts, KnownAlert } from './deduplicate-alerts.ts'
import { loadCandidates } from './load-candidates.ts'
import { lockAlerts } from './lock-alerts.ts'
import { omittedAlertEntries } from './omitted-alert-entries.ts'
import * as sql from './write-alerts.ts'

/** Stores a batch of alerts with their incidents, timeline entries and outbox rows, in one transaction. */
export function createAlertsRepository(pool: Pool, windows: Windows) {
  return {
    /** Throws `unavailable` while the database is known to take nothing. */
    assertUsable: () => assertDatabaseUsable(pool),
    ingest(batch: Alert[], now: Date): Promise<void> {
      return inTransaction(pool, async client => {
        // Pipelined in this order: a batch takes a few round trips to the database, not a dozen.
        const [, known, candidates] = await Promise.all([
          lockAlerts(client),
          loadKnown(client, batch),
          loadCandidates(client, batch, now, windows),
        ])
        const sorted = deduplicateAlerts(batch, known)
        const placed = placeAlerts(sorted.fresh, candidates, now, windows)
        const resolvedIn = sorted.resolved.flatMap(({ incidentId }) => incidentId ?? [])
        const lines = [
          ...placed.lines,
          ...sorted.resolved.flatMap(toResolvedLine(now)),
          ...omittedAlertEntries(batch, known, placed.alerts, now),
        ]
        const [, , , , , calm, started] = await Promise.all([
          sql.insertIncidents(client, placed.opened, now),
          sql.touchIncidents(client, placed.extended, now),
          sql.insertAlerts(client, placed.alerts),
          sql.countDeliveries(client, sorted.deliveries),
          appendEntries(client, lines),
          sql.resolveCalmIncidents(client, [...new Set(resolvedIn)], now),
          insertInvestigations(client, placed.firing, now),
        ])
        await appendEntries(client, calm.map(toCalmLine(now)))
        await queueInvestigations(client, started, now)
      })
    },
  }
}
type Candidates = Awaited<ReturnType<typeof loadCandidates>>

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

function placeAlerts(fresh: Alert[], { candidates, dependencies }: Candidates, now: Date, windows: Windows) {
  const chooser = createAlertCorrelator(now, dependencies, windows)
  for (const { candidate, fingerprint } of candidates) chooser.add(candidate, fingerprint)
  const opened = new Map<string, sql.OpenedIncident>()
  const extended = new Map<string, sql.JoinedIncident>()
  const firing = new Map<string, string>()
  const alerts: (Alert & { incidentId: string | null })[] = []
  const lines: NewTimelineEntry[] = []
  const at = now.toISOString()

  for (const alert of fresh.toSorted((a, b) => a.startsAt.localeCompare(b.startsAt))) {
    const choice = chooser.choose(alert)
    // An alert that was resolved before its first delivery is stored but opens no incident.
    if (!choice && alert.status === 'resolved') {
      alerts.push({ ...alert, incidentId: null })
      continue
    }
    const incident = choice?.incident ?? open(alert)
    if (alert.status === 'firing') {
      const latest = firing.get(incident.id)
      if (!latest || latest < alert.startsAt) firing.set(incident.id, alert.startsAt)
    }
    if (choice) join(incident, alert)
    lines.push(joinLine(incident, alert, choice?.because))
    alerts.push({ ...alert, incidentId: incident.id })
    chooser.add(incident, alert.fingerprint)
  }
  return { opened: [...opened.values()], extended: [...extended.values()], alerts, lines, firing }

  function open(alert: Alert): Candidate {
    const { namespace, service } = alert
    const incident: Candidate = {
      id: uuid(),
      state: 'open',
      namespace,
      service,
      activeAt: at,
      closedAt: null,
    }
    const place = [namespace, service].filter(Boolean).join('/')
    const title = place ? `${alert.name} on ${place}` : alert.name
    opened.set(incident.id, { id: incident.id, title, severity: alert.severity, namespace, service })
    lines.push({
      incidentId: incident.id,
      key: 'opened',
      kind: 'incident-opened',
      message: place
        ? `Opened for ${alert.name}: no open incident covers ${place}.`
        : `Opened for ${alert.name}, which names neither a service nor a namespace.`,
      data: { alert: alert.id },
      at,
    })
    return incident
  }

  function join(incident: Candidate, alert: Alert) {
    const reopens = alert.status === 'firing' && incident.state !== 'open'
    const before = extended.get(incident.id)
    if (!opened.has(incident.id))
      extended.set(incident.id, {
        id: incident.id,
        severity: alert.severity,
        reopens: reopens || (before?.reopens ?? false),
      })
    if (!reopens) return
    lines.push({
      incidentId: incident.id,
      key: `reopened/${alert.id}`,
      kind: 'incident-reopened',
      message: `${alert.name} fires again after the incident was ${incident.state}.`,
      data: { alert: alert.id },
      at,
    })
    incident.state = 'open'
  }

  function joinLine(
    incident: Candidate,
    alert: Alert,
    because = 'the first alert of the incident',
  ): NewTimelineEntry {
    return {
      incidentId: incident.id,
      key: `alert/${alert.id}`,
      kind: 'alert-joined',
      message: `${alert.name} (${alert.status}) joined: ${because}.`,
      data: {
        alert: alert.id,
        name: alert.name,
        labels: boundLabels(alert.labels),
        startsAt: alert.startsAt,
        because,
      },
      at,
    }
  }
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
