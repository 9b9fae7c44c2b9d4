import { upgradeName, upgradeNames } from '@goalixa/agents/legacy/upgrade-names'
import { RENAMED_ENTRIES } from '@goalixa/agents/legacy/version-0-1'
import type { Client, Pool } from '@goalixa/chassis/postgres'
import { sanitizeForJsonb } from '../storage/sanitize-for-jsonb.ts'

/** A line to be written. The same `key` of an incident is written once. */
export type NewLine = {
  incidentId: string
  key: string
  kind: string
  message: string
  data?: Record<string, unknown>
  /** ISO. */
  at: string
}

/** Appends lines in this order; lines that are there already are left as they are. */
export async function appendLines(client: Pool | Client, lines: NewLine[]): Promise<void> {
  if (lines.length === 0) return
  await client.query(
    `INSERT INTO timeline (incident_id, key, at, kind, message, data)
     SELECT line."incidentId", line.key, line.at, line.kind, line.message, coalesce(line.data, '{}')
     FROM ROWS FROM (jsonb_to_recordset($1) AS
       ("incidentId" uuid, key text, at timestamptz, kind text, message text, data jsonb)) WITH ORDINALITY AS line
     WHERE NOT EXISTS (SELECT FROM timeline t WHERE t.incident_id = line."incidentId" AND t.key = line.key)
     ORDER BY line.ordinality
     ON CONFLICT (incident_id, key) DO NOTHING`,
    [JSON.stringify(sanitizeForJsonb(lines))],
  )
}

export type TimelineLine = {
  id: string
  incidentId: string
  at: string
  kind: string
  message: string
  data: Record<string, unknown>
  hash: string
}

/** Lines of one incident after an id, oldest first. */
export async function readLines(
  pool: Pool,
  { incidentId, after = '0', limit }: { incidentId: string; after?: string; limit: number },
): Promise<TimelineLine[]> {
  const { rows } = await pool.query(
    `SELECT id::text, incident_id, at, kind, message, data, hash FROM timeline
     WHERE incident_id = $1 AND timeline.id > $2 ORDER BY timeline.id LIMIT $3`,
    [incidentId, after, limit],
  )
  return rows.map(row => ({
    id: row.id,
    incidentId: row.incident_id,
    at: row.at.toISOString(),
    ...upgradeEntry(row),
    message: row.message,
    hash: row.hash,
  }))
}

/** Entries are never rewritten, because each hash covers what was stored: those of version 0.1 are translated when they are read. */
export function upgradeEntry<Entry extends { kind: string; data?: Record<string, unknown> }>(
  entry: Entry,
): Pick<Entry, 'kind' | 'data'> {
  const { kind, data } = entry
  return { kind: upgradeName(RENAMED_ENTRIES, kind), data: data && Object(upgradeNames(data)) }
}

/** The id of the first line whose hash does not fit what is before it, or null if the chain is whole. */
export async function firstTamperedLine(pool: Pool, incidentId: string): Promise<string | null> {
  const { rows } = await pool.query(
    `SELECT id::text FROM (
       SELECT line.*, timeline_hash(line) AS expected, coalesce(lag(hash) OVER (ORDER BY id), '') AS before
       FROM timeline line WHERE incident_id = $1) checked
     WHERE hash <> expected OR previous_hash <> before ORDER BY checked.id LIMIT 1`,
    [incidentId],
  )
  return rows[0]?.id ?? null
}
