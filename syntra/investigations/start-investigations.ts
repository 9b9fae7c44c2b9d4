import type { Client } from '@goalixa/chassis/postgres'
import { v7 as uuid } from 'uuid'
import { appendEntries } from '../incidents/timeline.repository.ts'
import { enqueue } from './enqueue.ts'

type Started = { id: string; incident_id: string }

/**
 * Inserts an investigation for each incident (id → the latest start of its firing alerts) that needs one. None starts while one
 * is open, because the alert is recorded in the incident, and none if the last one ended after the alert began to fire, because
 * that one covered it. What these leave out is for the periodic job `reinvestigate`.
 */
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

/** Queues the inserted investigations and adds them to the timeline. */
export async function queueInvestigations(
  client: Client,
  started: Started[],
  now: Date,
  message = 'An investigation is queued.',
): Promise<void> {
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
      message,
      data: { investigation: row.id },
      at: now.toISOString(),
    })),
  )
}

/** Starts an investigation of each of these incidents. The caller holds the lock of alerts and has checked that it may start. */
export async function startInvestigations(
  client: Client,
  incidentIds: string[],
  now: Date,
  message?: string,
): Promise<void> {
  if (incidentIds.length === 0) return
  const { rows } = await client.query<Started>(
    `INSERT INTO investigations (id, incident_id, state, reason, requested_by, created_at, moved_at)
     SELECT id, "incidentId", 'queued', 'alert', 'syntra', $2, $2
     FROM jsonb_to_recordset($1) AS row(id uuid, "incidentId" uuid) RETURNING id, incident_id`,
    [JSON.stringify(incidentIds.map(incidentId => ({ id: uuid(), incidentId }))), now],
  )
  await queueInvestigations(client, rows, now, message)
}
