import { setTimeout as sleep } from 'node:timers/promises'
import type { System } from '../system/start-system.ts'
import type { Journal } from './journal.ts'

const EVERY_MS = 2_000

/** Remembers the newest timeline entry of each incident outside of the database, until the signal. */
export async function watchTimeline(
  { database }: System,
  journal: Journal,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const { rows } = await database.query(
      'SELECT DISTINCT ON (incident_id) incident_id AS incident, id::text, hash FROM timeline ORDER BY incident_id, timeline.id DESC',
    )
    for (const { incident, id, hash } of rows) journal.timelineHeads.set(incident, { id, hash })
    await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined)
  }
}
