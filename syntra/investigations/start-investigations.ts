import type { Client } from '@goalixa/chassis/postgres'
import { v7 as uuid } from 'uuid'
import { appendEntries } from '../incidents/timeline.repository.ts'

type Started = { id: string; incident_id: string }

/**
 * Starts an investigation for each incident (id → the latest start of its firing alerts) that needs one. None is started
 * while one is open: the alert is on the incident's record. Nor if the last one ended after the alert began to fire,
 * because it has seen it.
 */
export async function startInvestigations(client: Client, firing: Map<string, string>, now: Date) {
  await tellOfInvestigations(client, await insertInvestigations(client, firing, now), now)
}

/** The first half of it: the rows. */
export async function insertInvestigations(
  client: Client,
  firing: Map<string, string>,
  now: Date,
): Promise<Started[]> {
  if (firing.size === 0) return []
  const wanted = [...firing].map(([incidentId, startsAt]) => ({ id: uuid(), incidentId, startsAt }))
  const { rows } = await client.query<Started>(
    `INSERT INTO investigations (id, incident_id, state, reason, requested_by, created_at, moved_at)
     SELECT row.id, row."incidentId", 'queued', 'alert', 'syntra', $2, $2
     FROM jsonb_to_recordset($1) AS row(id uuid, "incidentId" uuid, "startsAt" timestamptz)
     WHERE NOT EXISTS (
       SELECT FROM investigations i WHERE i.incident_id = row."incidentId"
         AND (i.state IN ('queued', 'running', 'waiting') OR i.finished_at > row."startsAt"))
     RETURNING id, incident_id`,
    [JSON.stringify(wanted), now],
  )
  return rows
}

/** The second half: the queue and the timeline are told. */
export async function tellOfInvestigations(client: Client, started: Started[], now: Date): Promise<void> {
  await enqueue(
    client,
    started.map(row => row.id),
    'alert',
  )
  await appendEntries(
    client,
    started.map(row => ({
      incidentId: row.incident_id,
      key: `queued/${row.id}`,
      kind: 'investigation-queued',
      message: 'An investigation is queued.',
      data: { investigation: row.id },
      at: now.toISOString(),
    })),
  )
}

/** Tells the queue, through the outbox, that these investigations can move. */
export async function enqueue(client: Client, investigationIds: string[], why: string): Promise<void> {
  if (investigationIds.length === 0) return
  await client.query('INSERT INTO outbox (investigation_id, why) SELECT unnest($1::uuid[]), $2', [
    investigationIds,
    why,
  ])
}
