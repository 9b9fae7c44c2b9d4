import type { Client } from '@goalixa/chassis/postgres'
import { z } from 'zod'
import type { Alert } from './alert.ts'
import type { Candidate, CorrelationSettings } from './correlate-alert.ts'
import { STORM_SECONDS, type StormIncident } from './create-storm-detector.ts'
import { DOMAIN_LABELS } from './failure-domains.ts'

const Row = z.object({
  id: z.string(),
  state: z.enum(['open', 'resolved', 'closed']),
  namespace: z.string().nullable(),
  service: z.string().nullable(),
  object_kind: z.string().nullable(),
  object_name: z.string().nullable(),
  cluster: z.string().nullable(),
  opened_at: z.date(),
  active_at: z.date(),
  closed_at: z.date().nullable(),
  fingerprint: z.string().nullable(),
  storm_label: z.enum(DOMAIN_LABELS).nullable(),
  storm_value: z.string().nullable(),
  severity: z.string(),
})
const RecentRow = z.object({
  domains: z.partialRecord(z.enum(DOMAIN_LABELS), z.string()),
  cluster: z.string().nullable(),
  severity: z.string(),
  count: z.number(),
})
const DependencyRow = z.object({
  namespace: z.string(),
  caller: z.string(),
  callee: z.string(),
  via: z.string(),
})

/**
 * Loads the incidents that these alerts may join, with their alerts, the calls between services in their namespaces, the storms, and how
 * many incidents were opened recently in which failure domains, or would have been without a storm.
 */
export async function loadCandidates(
  client: Client,
  alerts: Alert[],
  now: Date,
  settings: CorrelationSettings,
) {
  const namespaces = [...new Set(alerts.map(({ namespace }) => namespace ?? ''))]
  const fingerprints = [...new Set(alerts.map(({ fingerprint }) => fingerprint))]
  const incidents = client.query(
    `SELECT ${COLUMNS}, a.fingerprint
     FROM incidents i
     LEFT JOIN alerts a ON a.incident_id = i.id AND a.fingerprint = ANY($2)
     WHERE (coalesce(i.namespace, '') = ANY($1) OR a.id IS NOT NULL)
       AND (i.state IN ('open', 'resolved') OR (i.state = 'closed' AND i.closed_at > $3))
     ORDER BY i.active_at`,
    [namespaces, fingerprints, new Date(now.getTime() - settings.reopenSeconds * 1000)],
  )
  const dependencies = client.query(
    'SELECT namespace, caller, callee, via FROM dependencies WHERE namespace = ANY($1)',
    [namespaces],
  )
  const storms = client.query(
    `SELECT ${COLUMNS}, NULL AS fingerprint FROM incidents i
     WHERE i.storm_label IS NOT NULL AND i.state <> 'closed' ORDER BY i.active_at DESC`,
  )
  const recent = client.query(
    `SELECT domains, cluster, severity, count(*)::int FROM incidents
     WHERE opened_at > $1 AND domains IS NOT NULL AND storm_label IS NULL GROUP BY domains, cluster, severity
     UNION ALL
     SELECT jsonb_build_object(i.storm_label, i.storm_value), i.cluster, joined.severity, count(*)::int
     FROM incidents i CROSS JOIN LATERAL (${JOINED}) joined
     WHERE i.storm_label IS NOT NULL AND i.state <> 'closed' AND i.active_at > $1
     GROUP BY i.id, joined.severity`,
    [new Date(now.getTime() - STORM_SECONDS * 1000), JOINED_PER_THRESHOLD * settings.stormIncidents],
  )
  const [{ rows }, known, ofStorms, opened] = await Promise.all([incidents, dependencies, storms, recent])
  return {
    candidates: z
      .array(Row)
      .parse(rows)
      .map(row => ({ candidate: toCandidate(row), fingerprint: row.fingerprint ?? undefined })),
    dependencies: z.array(DependencyRow).parse(known.rows),
    storms: z.array(Row).parse(ofStorms.rows).flatMap(toStorm),
    recent: z.array(RecentRow).parse(opened.rows),
  }
}

// Of a storm this many are enough to compare its rate with the highest threshold, which is five times the setting.
const JOINED_PER_THRESHOLD = 10

// As in the index `alerts_by_place`.
const PLACE = `md5(coalesce(labels->>'severity', 'none') || '/' || coalesce(labels->>'namespace', '') || '/' || coalesce(service, ''))`

/**
 * The incidents that the recent alerts of a storm would have opened: one for each severity, namespace and service. It jumps from one to the
 * next in an index, because a storm may have thousands of alerts.
 */
const JOINED = `
  WITH RECURSIVE joined AS (
    (SELECT ${PLACE} AS place, labels->>'severity' AS severity FROM alerts
     WHERE incident_id = i.id AND received_at > $1 ORDER BY 1 LIMIT 1)
    UNION ALL
    SELECT next.* FROM joined CROSS JOIN LATERAL (
      SELECT ${PLACE} AS place, labels->>'severity' AS severity FROM alerts
      WHERE incident_id = i.id AND received_at > $1 AND ${PLACE} > joined.place ORDER BY 1 LIMIT 1) next
  ) SELECT coalesce(severity, 'none') AS severity FROM joined LIMIT $2`

const COLUMNS = `i.id, i.state, i.namespace, i.service, i.object_kind, i.object_name, i.cluster, i.opened_at, i.active_at, i.closed_at, i.storm_label, i.storm_value, i.severity`

function toCandidate(row: z.infer<typeof Row>): Candidate {
  const { id, state, namespace, service, cluster, object_kind: kind, object_name: name } = row
  const { opened_at, active_at, closed_at, storm_label, storm_value } = row
  return {
    id,
    state,
    namespace,
    service,
    object: kind === null || name === null ? null : { kind, name },
    cluster,
    openedAt: opened_at.toISOString(),
    activeAt: active_at.toISOString(),
    closedAt: closed_at?.toISOString() ?? null,
    storm: storm_label === null || storm_value === null ? null : { label: storm_label, value: storm_value },
  }
}

function toStorm(row: z.infer<typeof Row>): StormIncident[] {
  const { storm, ...candidate } = toCandidate(row)
  return storm === null ? [] : [{ ...candidate, storm, severity: row.severity }]
}
