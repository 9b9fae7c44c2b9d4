import type { Client } from '@goalixa/chassis/postgres'
import { severityLevelSql } from '../incidents/severity-level.ts'
import type { Alert } from './alert.ts'
import type { SubjectObject } from './correlate-alert.ts'
import type { Sorted } from './deduplicate-alerts.ts'
import { type Domains, describeDomain, type FailureDomain } from './failure-domains.ts'

export type OpenedIncident = {
  id: string
  title: string
  severity: string
  namespace: string | null
  service: string | null
  object: SubjectObject | null
  cluster: string | null
  isOutOfReach: boolean
  /** Null for a storm's incident, which does not count towards another storm. */
  domains: Domains | null
  storm: FailureDomain | null
}
export type JoinedIncident = { id: string; severity: string; reopens: boolean }

/** Each statement takes its rows as JSON, so that a storm needs only a few. */
export async function insertIncidents(client: Client, incidents: OpenedIncident[], now: Date) {
  if (incidents.length === 0) return
  await client.query(
    `INSERT INTO incidents (id, state, title, severity, namespace, service, opened_at, active_at, domains, storm_label, storm_value,
       object_kind, object_name, cluster, is_out_of_reach)
     SELECT id, 'open', title, severity, namespace, service, $2, $2, domains, storm->>'label', storm->>'value',
       object->>'kind', object->>'name', cluster, "isOutOfReach"
     FROM jsonb_to_recordset($1) AS row(id uuid, title text, severity text, namespace text, service text, domains jsonb, storm jsonb,
       object jsonb, cluster text, "isOutOfReach" boolean)`,
    [JSON.stringify(incidents), now],
  )
}

/** Marks the incidents as active, reopens those that fire again, and keeps the highest severity. */
export async function touchIncidents(client: Client, extended: JoinedIncident[], now: Date) {
  if (extended.length === 0) return
  await client.query(
    `UPDATE incidents SET
       active_at = $2,
       state = CASE WHEN row.reopens THEN 'open' ELSE state END,
       resolved_at = CASE WHEN row.reopens THEN NULL ELSE resolved_at END,
       closed_at = CASE WHEN row.reopens THEN NULL ELSE closed_at END,
       reopened_count = reopened_count + row.reopens::int,
       severity = CASE WHEN ${severityLevelSql('row.severity')} < ${severityLevelSql('incidents.severity')} THEN row.severity ELSE incidents.severity END
     FROM jsonb_to_recordset($1) AS row(id uuid, severity text, reopens boolean) WHERE incidents.id = row.id`,
    [JSON.stringify(extended), now],
  )
}

export async function insertAlerts(
  client: Client,
  alerts: (Alert & { incidentId: string | null })[],
  now: Date,
) {
  if (alerts.length === 0) return
  await client.query(
    `INSERT INTO alerts (id, incident_id, fingerprint, name, service, status, labels, annotations, starts_at, ends_at, received_at)
     SELECT id, "incidentId", fingerprint, name, service, status, labels, annotations, "startsAt", "endsAt", $2
     FROM jsonb_to_recordset($1) AS row(id text, "incidentId" uuid, fingerprint text, name text, service text, status text,
       labels jsonb, annotations jsonb, "startsAt" timestamptz, "endsAt" timestamptz)`,
    [JSON.stringify(alerts), now],
  )
}

/** Names a storm by its size so far: `312 alerts on node worker-3 within 2 minutes`, with its cluster if its alerts name one. */
export async function titleStorms(client: Client, storms: Map<string, FailureDomain>, now: Date) {
  if (storms.size === 0) return
  const places = [...storms].map(([id, storm]) => ({ id, place: describeDomain(storm) }))
  await client.query(
    `UPDATE incidents SET title = format('%s alert%s on %s%s within %s minute%s',
       count, CASE WHEN count = 1 THEN '' ELSE 's' END, place,
       CASE WHEN storm_label <> 'cluster' THEN ' in cluster ' || cluster END, minutes, CASE WHEN minutes = 1 THEN '' ELSE 's' END)
     FROM (SELECT row.id, place, (SELECT count(*) FROM alerts WHERE incident_id = row.id) AS count,
             greatest(1, ceil(extract(epoch FROM $2::timestamptz - opened_at) / 60)) AS minutes
           FROM jsonb_to_recordset($1) AS row(id uuid, place text) JOIN incidents USING (id)) sized
     WHERE incidents.id = sized.id`,
    [JSON.stringify(places), now],
  )
}

export async function countDeliveries(client: Client, deliveries: Sorted['deliveries']) {
  if (deliveries.length === 0) return
  await client.query(
    `UPDATE alerts SET deliveries = deliveries + row.count, last_seen_at = now(), status = row.status,
       ends_at = coalesce(row."endsAt", ends_at)
     FROM jsonb_to_recordset($1) AS row(id text, count int, status text, "endsAt" timestamptz)
     WHERE alerts.id = row.id`,
    [JSON.stringify(deliveries)],
  )
}

/** Resolves those of these incidents that have no firing alert, and returns their ids. */
export async function resolveCalmIncidents(client: Client, ids: string[], now: Date): Promise<string[]> {
  if (ids.length === 0) return []
  const { rows } = await client.query<{ id: string }>(
    `UPDATE incidents SET state = 'resolved', resolved_at = $2, active_at = $2
     WHERE id = ANY($1) AND state = 'open'
       AND NOT EXISTS (SELECT FROM alerts WHERE incident_id = incidents.id AND status = 'firing')
     RETURNING id`,
    [ids, now],
  )
  return rows.map(row => row.id)
}
