import { ExpectedError } from '@goalixa/chassis/errors'
import type { Pool } from '@goalixa/chassis/postgres'
import type { Ledger } from '../actions/ledger.ts'
import { appendEntries } from '../incidents/timeline.repository.ts'
import { inFencedTransaction } from '../storage/fence.ts'

const MAX_ATTEMPTS = 3

/**
 * Counts a failure that is not known to be transient. Fails the investigation after three of them, or at once where it used
 * up a budget, with a timeline entry; returns whether it did.
 */
export function recordFailure(
  { pool, ledger }: { pool: Pool; ledger: Ledger },
  id: string,
  error: unknown,
  now: Date,
): Promise<boolean> {
  return inFencedTransaction(pool, async client => {
    const failure = failureOf(error)
    const { rows } = await client.query(
      `UPDATE investigations SET failed_attempts = failed_attempts + 1, moved_at = now() WHERE id = $1
       RETURNING failed_attempts, incident_id`,
      [id],
    )
    const row = rows[0]
    if (!row || (row.failed_attempts < MAX_ATTEMPTS && !failure.isFinal)) return false
    const { isFinal: _isFinal, ...reported } = failure
    await client.query(
      `UPDATE investigations SET state = 'failed', outcome = 'failed', failure = $2, finished_at = $3, moved_at = $3
       WHERE id = $1`,
      [id, JSON.stringify(reported), now],
    )
    // An action in progress no longer has an owner, and a person must know.
    const { rows: actions } = await client.query<{ id: string }>(
      'SELECT id FROM actions WHERE investigation_id = $1',
      [id],
    )
    for (const action of actions)
      await ledger.moveIn(client, {
        id: action.id,
        from: ['awaiting-approval', 'approved', 'executing', 'verifying', 'undoing'],
        to: 'failed',
        by: 'syntra',
        message: `The investigation failed: ${reported.message} Needs human attention.`,
      })
    await appendEntries(client, [
      {
        incidentId: row.incident_id,
        key: `${id}/failed`,
        kind: 'investigation-failed',
        message: `The investigation failed (${reported.code}): ${reported.message} Needs human attention.`,
        data: { investigation: id, ...reported },
        at: now.toISOString(),
      },
    ])
    return true
  })
}

function failureOf(error: unknown) {
  if (error instanceof ExpectedError)
    return { code: error.code, message: error.message, isFinal: error.code.startsWith('BUDGET_') }
  return {
    code: 'INTERNAL',
    message: 'Syntra failed internally; see its log.',
    isFinal: false,
  }
}
