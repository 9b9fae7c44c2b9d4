import type { Client } from '@goalixa/chassis/postgres'
import { v7 as uuid } from 'uuid'
import { lockAlerts } from '../alerts/lock-alerts.ts'
import { appendEntries } from '../incidents/timeline.repository.ts'
import { sanitizeForJsonb } from '../storage/sanitize-for-jsonb.ts'
import { enqueue } from './enqueue.ts'
import type { StartInvestigation } from './investigations.schema.ts'

export type InvestigationRequest = { id: string; incidentId: string }

/**
 * A question about a service belongs to the open incident of that service, whose alerts are the better evidence: a running
 * investigation answers it, otherwise another one starts. Without such an incident the question opens one.
 */
export async function startFromRequest(
  client: Client,
  given: StartInvestigation,
  requestedBy: string,
  now: Date,
): Promise<InvestigationRequest> {
  const { namespace, service, object, reason } = sanitizeForJsonb(given)
  const subject = `${namespace}/${service ?? `${object?.kind} ${object?.name}`}`
  // The lock of the webhook: an alert that arrives now must find this incident, or be found.
  await lockAlerts(client)
  const open = object === undefined ? await findOpenIncident(client, namespace, service) : undefined
  if (open?.running) {
    await addEntry(
      open.id,
      `asked/${uuid()}`,
      `${requestedBy} asked about the same service; the running investigation answers.`,
    )
    return { id: open.running, incidentId: open.id }
  }
  const [id, incidentId] = [uuid(), open?.id ?? uuid()]
  if (open === undefined)
    await client.query(
      `INSERT INTO incidents (id, state, title, severity, namespace, service, opened_at, active_at)
       VALUES ($1, 'open', $2, 'none', $3, $4, $5, $5)`,
      [incidentId, `${requestedBy} asked about ${subject}`, namespace, service ?? null, now],
    )
  await client.query(
    `INSERT INTO investigations (id, incident_id, state, reason, requested_by, request)
     VALUES ($1, $2, 'queued', $3, $4, $5)`,
    [id, incidentId, reason ?? 'asked', requestedBy, JSON.stringify({ namespace, service, object })],
  )
  await addEntry(
    incidentId,
    open ? `asked/${id}` : 'opened',
    `${requestedBy} requested an investigation of ${subject}.`,
  )
  await enqueue(client, [id], 'asked')
  return { id, incidentId }

  async function addEntry(incident: string, key: string, message: string) {
    await appendEntries(client, [
      {
        incidentId: incident,
        key,
        kind: key === 'opened' ? 'incident-opened' : 'investigation-requested',
        message,
        data: { reason: reason ?? null },
        at: now.toISOString(),
      },
    ])
  }
}

async function findOpenIncident(
  client: Client,
  namespace: string,
  service: string | undefined,
): Promise<{ id: string; running: string | null } | undefined> {
  const { rows } = await client.query(
    `SELECT n.id, (SELECT i.id FROM investigations i WHERE i.incident_id = n.id
                   AND i.state IN ('queued', 'running', 'waiting') ORDER BY i.created_at DESC LIMIT 1) AS "running"
     FROM incidents n WHERE n.state = 'open' AND NOT n.is_out_of_reach AND n.namespace = $1 AND n.service = $2
     ORDER BY n.opened_at DESC LIMIT 1`,
    [namespace, service],
  )
  return rows[0]
}
