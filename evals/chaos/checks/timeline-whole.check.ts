import type { Check } from './check.ts'

export const timelineWhole: Check = {
  name: 'timeline-whole',
  promise: "every timeline entry has the hash of its content and the previous entry's hash",
  async run({ system: { database } }) {
    const { rows } = await database.query('SELECT count(*)::int AS count FROM timeline')
    const broken = await database.query(
      `SELECT id, incident_id AS incident FROM (
         SELECT line.id, line.incident_id, line.hash, line.previous_hash, timeline_hash(line) AS content,
           coalesce(lag(line.hash) OVER (PARTITION BY line.incident_id ORDER BY line.id), '') AS before
         FROM timeline line) chained
       WHERE hash <> content OR previous_hash <> before`,
    )
    return {
      checked: rows[0].count,
      violations: broken.rows.map(({ id, incident }) => ({
        id: String(id),
        message: 'the hash chain of the timeline is broken here',
        lookAt: `SELECT * FROM timeline WHERE incident_id = '${incident}' ORDER BY id`,
      })),
    }
  },
}
