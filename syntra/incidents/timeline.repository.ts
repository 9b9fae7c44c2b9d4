import { upgradeName, upgradeNames } from '@goalixa/agents/legacy/upgrade-names'
import { RENAMED_ENTRIES } from '@goalixa/agents/legacy/version-0-1'
import {
  parseTimelineKind,
  type TimelineEntry,
  type TimelineKind,
} from '@goalixa/agents/report/timeline-kinds'
import type { Client, Pool } from '@goalixa/chassis/postgres'
import { NOTIFIED_KINDS } from '../notifications/notification.ts'
import { sanitizeForJsonb } from '../storage/sanitize-for-jsonb.ts'

/** An entry to be written; `at` is an ISO time. */
export type NewTimelineEntry = TimelineEntry & { incidentId: string; at: string }

/**
 * Appends entries in this order, with a notification for those that people are notified of. An entry whose `key` its
 * incident already has is skipped, so that a crashed call may be repeated.
 */
export async function appendEntries(client: Pool | Client, entries: NewTimelineEntry[]): Promise<void> {
  if (entries.length === 0) return
  await client.query(
    `WITH written AS (
     INSERT INTO timeline (incident_id, key, at, kind, message, data)
     SELECT entry."incidentId", entry.key, entry.at, entry.kind, entry.message, coalesce(entry.data, '{}')
     FROM ROWS FROM (jsonb_to_recordset($1) AS
       ("incidentId" uuid, key text, at timestamptz, kind text, message text, data jsonb)) WITH ORDINALITY AS entry
     WHERE NOT EXISTS (SELECT FROM timeline t WHERE t.incident_id = entry."incidentId" AND t.key = entry.key)
     ORDER BY entry.ordinality
     ON CONFLICT (incident_id, key) DO NOTHING
     RETURNING id, incident_id, kind)
     INSERT INTO notifications (timeline_id, incident_id)
     SELECT id, incident_id FROM written WHERE kind = ANY($2)`,
    [JSON.stringify(sanitizeForJsonb(entries)), NOTIFIED_KINDS],
  )
}

export type StoredTimelineEntry = {
  id: string
  incidentId: string
  at: string
  kind: TimelineKind
  message: string
  data: Record<string, unknown>
  hash: string
}

/** Entries of one incident after an id, oldest first. */
export async function readEntries(
  pool: Pool,
  { incidentId, after = '0', limit }: { incidentId: string; after?: string; limit: number },
): Promise<StoredTimelineEntry[]> {
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
export function upgradeEntry({ kind, data }: { kind: string; data: Record<string, unknown> }) {
  return {
    kind: parseTimelineKind(upgradeName(RENAMED_ENTRIES, kind)),
    data: upgradeNames(data) as Record<string, unknown>,
  }
}

/** The id of the first entry whose hash does not match the entries before it, or null if the chain is intact. */
export async function firstTamperedEntry(pool: Pool, incidentId: string): Promise<string | null> {
  const { rows } = await pool.query(
    `SELECT id::text FROM (
       SELECT entry.*, timeline_hash(entry) AS expected, coalesce(lag(hash) OVER (ORDER BY id), '') AS before
       FROM timeline entry WHERE incident_id = $1) checked
     WHERE hash <> expected OR previous_hash <> before ORDER BY checked.id LIMIT 1`,
    [incidentId],
  )
  return rows[0]?.id ?? null
}
