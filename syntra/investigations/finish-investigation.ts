import type { Client, Pool } from '@goalixa/chassis/postgres'
import { v7 as uuid } from 'uuid'
import { lockAlerts } from '../alerts/lock-alerts.ts'
import { appendEntries } from '../incidents/timeline.repository.ts'
import { inFencedTransaction } from '../storage/fence.ts'
import { enqueue } from './enqueue.ts'
import { markRecoveredAlerts } from './mark-recovered-alerts.ts'

/** How often drift may void a proposal before the incident needs human attention. */
const MAX_GENERATIONS = 3

/**
 * Ends an investigation: records its outcome, keeps it for later incidents, and starts the next one, with fresh evidence, where
 * the approved state had drifted. One transaction, so that it can be repeated.
 */
export function finishInvestigation(pool: Pool, id: string, now: Date): Promise<void> {
  return inFencedTransaction(pool, async client => {
    const { rows } = await client.query(
      `SELECT i.incident_id, i.generation, i.verdict, i.request, i.requested_by, n.namespace, n.service,
              a.state AS action_state, a.proposal
       FROM investigations i JOIN incidents n ON n.id = i.incident_id
       LEFT JOIN actions a ON a.investigation_id = i.id
       WHERE i.id = $1 AND i.state NOT IN ('done', 'failed') FOR UPDATE OF i`,
      [id],
    )
    const row = rows[0]
    if (!row) return
    // Deliveries wait for this lock, so it is taken only where they may change the same rows, and before the timeline's lock.
    const isRecovered = row.action_state === 'succeeded'
    if (isRecovered || row.request !== null) await lockAlerts(client)
    if (isRecovered) await markRecoveredAlerts(client, id)
    const outcome: string = row.action_state ?? row.verdict?.outcome ?? 'inconclusive'
    await client.query(
      `UPDATE investigations SET state = 'done', outcome = $2, finished_at = $3, moved_at = $3 WHERE id = $1`,
      [id, outcome, now],
    )
    await client.query(
      `INSERT INTO memories (investigation_id, incident_id, namespace, service, cause_code, cause_message, remedy, outcome)
       VALUES ($1, $2, left($3, 253), left($4, 253), $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
      [
        id,
        row.incident_id,
        row.namespace,
        row.service,
        row.verdict?.causes?.[0]?.code ?? null,
        row.verdict?.causes?.[0]?.message ?? null,
        row.proposal?.method ?? null,
        outcome,
      ],
    )
    await appendEntries(client, [
      {
        incidentId: row.incident_id,
        key: `${id}/finished`,
        kind: 'investigation-finished',
        message: `The investigation ended: ${outcome}.`,
        data: { investigation: id, outcome },
        at: now.toISOString(),
      },
    ])
    if (outcome === 'superseded') await startNext(client, id, row, now)
    if (row.request !== null) await resolveWithoutAlerts(client, row.incident_id, now)
  })
}

type Row = { incident_id: string; generation: number; request: unknown; requested_by: string }

async function startNext(client: Client, id: string, row: Row, now: Date) {
  const mayContinue = row.generation < MAX_GENERATIONS
  const next = uuid()
  if (mayContinue) {
    await client.query(
      `INSERT INTO investigations (id, incident_id, state, reason, requested_by, request, supersedes, generation)
       VALUES ($1, $2, 'queued', 'drift', $3, $4, $5, $6)`,
      [next, row.incident_id, row.requested_by, row.request, id, row.generation + 1],
    )
    await enqueue(client, [next], 'drift')
  }
  await appendEntries(client, [
    {
      incidentId: row.incident_id,
      key: `${id}/drift`,
      at: now.toISOString(),
      ...(mayContinue
        ? {
            kind: 'investigation-restarted' as const,
            message: 'State drifted since approval; investigating again.',
            data: { investigation: next, supersedes: id },
          }
        : {
            kind: 'escalated' as const,
            message: `State drifted ${MAX_GENERATIONS} times between proposal and approval. Needs human attention.`,
            data: { investigation: id },
          }),
    },
  ])
}

// An incident that a person opened has no alert whose end could resolve it.
async function resolveWithoutAlerts(client: Client, incidentId: string, now: Date) {
  await client.query(
    `UPDATE incidents SET state = 'resolved', resolved_at = $2, active_at = $2
     WHERE id = $1 AND state = 'open' AND NOT EXISTS (SELECT FROM alerts WHERE incident_id = $1)
       AND NOT EXISTS (SELECT FROM investigations
                       WHERE incident_id = $1 AND state IN ('queued', 'running', 'waiting'))`,
    [incidentId, now],
  )
}
