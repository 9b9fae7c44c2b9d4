import type { Check } from './check.ts'

export const alertsSeen: Check = {
  name: 'alerts-seen',
  promise:
    'an alert counts as seen only by an investigation of its incident that covers it and has read evidence',
  async run({ system: { database } }) {
    const { rows } = await database.query(SEEN_ALERTS)
    return {
      checked: rows.length,
      violations: rows
        .filter(({ problem }) => problem !== null)
        .map(({ id, name, investigation, problem }) => ({
          id,
          message: `the alert ${name} counts as seen by an investigation ${problem}`,
          lookAt: `SELECT * FROM investigations WHERE id = '${investigation}'`,
        })),
    }
  },
}

const SEEN_ALERTS = `
  SELECT a.id, a.name, i.id AS investigation, CASE
    WHEN i.incident_id <> a.incident_id THEN 'of another incident'
    WHEN i.started_at IS NULL THEN 'that never began'
    WHEN NOT EXISTS (SELECT FROM evidence e WHERE e.investigation_id = i.id AND e.answer IS NOT NULL) THEN 'that read nothing'
    WHEN i.scope->'alertsLeftOut' IS NULL AND NOT EXISTS (
      SELECT FROM jsonb_array_elements(i.scope->'alerts') covered
      WHERE covered->>'name' = a.name AND covered->'labels'->>'service' = a.labels->>'service'
        AND (covered->>'startsAt')::timestamptz = a.starts_at) THEN 'that does not cover it'
    END AS problem
  FROM alerts a JOIN investigations i ON i.id = a.seen_by
  WHERE i.state IN ('waiting', 'done', 'failed')`
