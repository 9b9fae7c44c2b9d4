import type { Pool } from '@goalixa/chassis/postgres'
import { readEntries, type StoredTimelineEntry } from './timeline.repository.ts'
import type { TimelineWatch } from './timeline-watch.ts'

type Options = {
  pool: Pool
  watch: TimelineWatch
  incidentId: string
  /** The id of the last entry that the reader has. */
  after: string
  heartbeatMs: number
  signal: AbortSignal
}

const PAGE = 200

/**
 * Streams the entries of an incident as server-sent events, after a given one and until the reader disconnects. No entry is left out or
 * repeated, however often the reader reconnects. A comment is a heartbeat. While the database is unavailable, entries are only late.
 */
export async function* streamTimeline(options: Options): AsyncGenerator<string> {
  const { pool, watch, incidentId, heartbeatMs, signal } = options
  let after = options.after
  yield 'retry: 2000\n\n'
  while (!signal.aborted) {
    // Requested before reading; otherwise an entry between the read and the wait would be noticed late.
    const waiting = new AbortController()
    const next = watch.next(incidentId, heartbeatMs, AbortSignal.any([signal, waiting.signal]))
    const lines = await readEntries(pool, { incidentId, after, limit: PAGE }).catch(() => [])
    for (const line of lines) yield eventOf(line)
    after = lines.at(-1)?.id ?? after
    if (lines.length > 0) {
      waiting.abort()
      continue
    }
    await next
    if (!signal.aborted) yield ': still here\n\n'
  }
}

// JSON has no bare line breaks, so hostile text cannot forge an event.
function eventOf({ id, incidentId: _incidentId, ...line }: StoredTimelineEntry): string {
  return `id: ${id}\nevent: ${line.kind}\ndata: ${JSON.stringify({ id, ...line })}\n\n`
}
