import type { Check } from './check.ts'

export const timelineWhole: Check = {
  name: 'timeline-whole',
  promise:
    "every timeline entry has the hash of its content and the previous entry's hash, none is missing at the end, and every transition of an action has an entry",
  async run({ system: { database }, journal }) {
    const { rows } = await database.query('SELECT count(*)::int AS count FROM timeline')
    const [broken, unrecorded, present] = await Promise.all(
      [BROKEN_ENTRIES, UNRECORDED_TRANSITIONS, 'SELECT id::text, hash FROM timeline'].map(sql =>
        database.query(sql),
      ),
    )
    const hashes = new Map(present?.rows.map(({ id, hash }) => [id, hash]))
    // A chain that was cut off at its end is whole: only what was seen outside of the database can show that.
    const lost = [...journal.timelineHeads].filter(([, { id, hash }]) => hashes.get(id) !== hash)
    const problems = [
      ...(broken?.rows ?? []).map(row => ({
        ...row,
        problem: 'the hash chain of the timeline is broken here',
      })),
      ...(unrecorded?.rows ?? []).map(row => ({
        ...row,
        problem: `the transition to ${row.state} has no timeline entry`,
      })),
      ...lost.map(([incident, { id }]) => ({
        id,
        incident,
        problem: 'this timeline entry was there during the run and is gone, or was rewritten',
      })),
    ]
    return {
      checked: rows[0].count,
      violations: problems.map(({ id, incident, problem }) => ({
        id: String(id),
        message: problem,
        lookAt: `SELECT * FROM timeline WHERE incident_id = '${incident}' ORDER BY id`,
      })),
    }
  },
}

const BROKEN_ENTRIES = `
  SELECT id, incident_id AS incident FROM (
    SELECT line.id, line.incident_id, line.hash, line.previous_hash, timeline_hash(line) AS content,
      coalesce(lag(line.hash) OVER (PARTITION BY line.incident_id ORDER BY line.id), '') AS before
    FROM timeline line) chained
  WHERE hash <> content OR previous_hash <> before`

const UNRECORDED_TRANSITIONS = `
  SELECT a.id, a.incident_id AS incident, moved.to_state AS state
  FROM action_transitions moved JOIN actions a ON a.id = moved.action_id
  WHERE NOT EXISTS (SELECT FROM timeline line WHERE line.incident_id = a.incident_id AND line.key = a.id || '/' || moved.to_state)`
