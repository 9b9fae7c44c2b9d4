import type { Scope } from '@goalixa/agents/snapshot/snapshot'
import type { Client } from '@goalixa/chassis/postgres'
import { boundAnnotations, boundLabels } from '../alerts/bound-labels.ts'
import type { SubjectKind } from '../alerts/subject/subject.ts'
import { subjectOf } from '../alerts/subject/subject-of.ts'
import { severityLevelSql } from '../incidents/severity-level.ts'
import type { InvestigationRow } from './investigations.repository.ts'

/** Settings of the installation that an investigation depends on; stored with its scope, so that it can be replayed. */
export type ScopeSettings = Required<Pick<Scope, 'timeScale' | 'environments'>> & Pick<Scope, 'cluster'>

/** How many alerts of its incident an investigation covers. */
const MAX_ALERTS = 50

/**
 * What an investigation covers: the alerts that its incident has now, with their namespace and service, or what a person named.
 * Of many alerts the most severe and newest of each name come first, then all by severity, of each name and service before
 * more of them, firing before resolved. Names with alerts that no investigation has seen come before all others.
 */
export async function investigationScope(
  client: Client,
  row: InvestigationRow,
  { timeScale, environments, cluster }: ScopeSettings,
): Promise<Scope> {
  const { rows } = await client.query(
    `SELECT i.namespace, i.service, i.cluster, i.object_kind, i.object_name, i.storm_label, i.storm_value, count(a.id)::int AS alerts, min(a.starts_at) AS since
     FROM incidents i LEFT JOIN alerts a ON a.incident_id = i.id WHERE i.id = $1 GROUP BY i.id`,
    [row.incidentId],
  )
  const incident = rows[0]
  const alerts = await client.query(CHOSEN_ALERTS, [row.incidentId, MAX_ALERTS])
  const leftOut = incident.alerts - alerts.rows.length
  return {
    alerts: alerts.rows.map(alert => ({
      name: alert.name,
      status: alert.status,
      labels: boundLabels(alert.labels),
      annotations: boundAnnotations(alert.annotations),
      startsAt: alert.starts_at.toISOString(),
      endsAt: alert.ends_at?.toISOString() ?? null,
    })),
    ...(leftOut > 0 ? { alertsLeftOut: leftOut } : {}),
    namespace: row.request?.namespace ?? incident.namespace,
    service: row.request ? (row.request.service ?? null) : incident.service,
    object:
      row.request?.object ?? sharedObject(incident) ?? ownObject(incident) ?? commonSubject(alerts.rows),
    since: (incident.since ?? row.createdAt).toISOString(),
    timeScale,
    ...(environments.length > 0 ? { environments } : {}),
    ...(cluster === undefined ? {} : { cluster }),
    ...(incident.cluster === null ? {} : { alertsCluster: incident.cluster }),
  }
}

/** A storm on a node is about that node. Its namespace is in the scope already, and a zone, region or cluster is not an object. */
function sharedObject({ storm_label, storm_value }: { storm_label: string | null; storm_value: string }) {
  return storm_label === 'node' ? { kind: 'Node', name: storm_value } : null
}

/** What the incident is about, if that is an object of Kubernetes: a scraped target, and an alert about the cluster as a whole, is none. */
function ownObject({
  object_kind: kind,
  object_name: name,
}: {
  object_kind: string | null
  object_name: string
}) {
  return kind === null || kind === 'Target' || kind === 'Alert' ? null : { kind, name }
}

// What is no object of Kubernetes, or names none in particular.
const NO_OBJECTS: readonly SubjectKind[] = ['Target', 'Cluster', 'Namespace', 'Service']

/** The object that all alerts are about, such as a pod or a Job: its owner is known on the cluster, and only guessed from its name here. */
function commonSubject(alerts: { labels: Record<string, string> }[]) {
  const [first, ...others] = alerts.map(({ labels }) => subjectOf(labels))
  if (first?.name == null || NO_OBJECTS.includes(first.kind)) return null
  const { kind, name } = first
  return others.every(other => other.kind === kind && other.name === name) ? { kind, name } : null
}

const WITHIN_NAME = 'status, level, seen_by IS NOT NULL, starts_at DESC, id'

// Chosen in turns over names, severities and services, returned in the order of time.
const CHOSEN_ALERTS = `
  SELECT name, status, labels, annotations, starts_at, ends_at FROM (
    SELECT *, row_number() OVER (PARTITION BY name ORDER BY ${WITHIN_NAME}) > 1 AS is_more_of_name,
              row_number() OVER (PARTITION BY name, service ORDER BY ${WITHIN_NAME}) > 1 AS is_more_of_service,
              bool_and(seen_by IS NOT NULL) OVER (PARTITION BY name) AS is_known
    FROM (SELECT *, ${severityLevelSql(`coalesce(labels->>'severity', '')`)} AS level FROM alerts WHERE incident_id = $1) levelled
    ORDER BY is_more_of_name, is_known, level, is_more_of_service, status, starts_at DESC, id LIMIT $2) chosen
  ORDER BY status, starts_at, id`
