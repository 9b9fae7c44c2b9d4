import type { Client } from '@goalixa/chassis/postgres'
import { z } from 'zod'
import type { Alert } from './alert.ts'
import type { Candidate, Windows } from './correlate-alert.ts'

const Row = z.object({
  id: z.string(),
  state: z.enum(['open', 'resolved', 'closed']),
  namespace: z.string().nullable(),
  service: z.string().nullable(),
  active_at: z.date(),
  closed_at: z.date().nullable(),
  fingerprint: z.string().nullable(),
})
const DependencyRow = z.object({
  namespace: z.string(),
  caller: z.string(),
  callee: z.string(),
  via: z.string(),
})

/** Loads the incidents that these alerts may join, with their alerts, and the calls between services in their namespaces. */
export async function loadCandidates(client: Client, alerts: Alert[], now: Date, windows: Windows) {
  const namespaces = [...new Set(alerts.map(({ namespace }) => namespace ?? ''))]
  const fingerprints = [...new Set(alerts.map(({ fingerprint }) => fingerprint))]
  const incidents = client.query(
    `SELECT i.id, i.state, i.namespace, i.service, i.active_at, i.closed_at, a.fingerprint
     FROM incidents i
     LEFT JOIN alerts a ON a.incident_id = i.id AND a.fingerprint = ANY($2)
     WHERE (coalesce(i.namespace, '') = ANY($1) OR a.id IS NOT NULL)
       AND (i.state IN ('open', 'resolved') OR (i.state = 'closed' AND i.closed_at > $3))
     ORDER BY i.active_at`,
    [namespaces, fingerprints, new Date(now.getTime() - windows.reopenSeconds * 1000)],
  )
  const dependencies = client.query(
    'SELECT namespace, caller, callee, via FROM dependencies WHERE namespace = ANY($1)',
    [namespaces],
  )
  const [{ rows }, known] = await Promise.all([incidents, dependencies])
  return {
    candidates: z
      .array(Row)
      .parse(rows)
      .map(row => ({ candidate: toCandidate(row), fingerprint: row.fingerprint ?? undefined })),
    dependencies: z.array(DependencyRow).parse(known.rows),
  }
}

function toCandidate({
  id,
  state,
  namespace,
  service,
  active_at,
  closed_at,
}: z.infer<typeof Row>): Candidate {
  return {
    id,
    state,
    namespace,
    service,
    activeAt: active_at.toISOString(),
    closedAt: closed_at?.toISOString() ?? null,
  }
}
