import type { Check } from './check.ts'
import { findErrors } from './find-errors.ts'

export const investigationsEnded: Check = {
  name: 'investigations-ended',
  promise:
    'every investigation has ended or waits for a person, and every firing alert has been investigated',
  async run({ system: { database, workers } }) {
    const all = await database.query('SELECT count(*)::int AS count FROM investigations')
    const { rows: stuck } = await database.query(
      `SELECT i.id, i.state, a.state AS action, i.failure FROM investigations i LEFT JOIN actions a ON a.investigation_id = i.id
       WHERE i.state IN ('queued', 'running', 'failed') OR (i.state = 'waiting' AND a.state IS DISTINCT FROM 'awaiting-approval')`,
    )
    const { rows: unseen } = await database.query(
      `SELECT a.id, a.incident_id AS incident FROM alerts a JOIN incidents i ON i.id = a.incident_id
       WHERE a.seen_by IS NULL AND a.status = 'firing' AND i.state = 'open'
         AND a.received_at < now() - interval '30 seconds'`,
    )
    const failed = stuck.filter(({ state }) => state === 'failed').map(({ id }) => id)
    const errors = await findErrors(
      workers.map(({ process }) => process.logFile),
      failed,
    )
    return {
      checked: all.rows[0].count,
      violations: [
        ...stuck.map(({ id, state, action, failure }) => ({
          id,
          message: `the investigation is ${state}, its action is ${action ?? 'none'}${failure ? `: ${failure.code}: ${failure.message}` : ''}${errors.get(id) ?? ''}`,
          lookAt: `SELECT * FROM investigations WHERE id = '${id}'`,
        })),
        ...unseen.map(({ id, incident }) => ({
          id,
          message: 'the alert fires and no investigation has looked at it',
          lookAt: `SELECT * FROM investigations WHERE incident_id = '${incident}'`,
        })),
      ],
    }
  },
}
