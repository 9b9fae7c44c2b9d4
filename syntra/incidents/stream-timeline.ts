import type { Pool } from '@goalixa/chassis/postgres'
import { readEntries, type StoredTimelineEntry } from './timeline.repository.ts'
import type { TimelineWatch } from './timeline-watch.ts'

type Options = {
  pool: Pool
  watch: TimelineWatch
  incidentId: string
  /** The id of the last line that the reader has. */
  after: string
  heartbeatMs: number
  signal: AbortSignal
}

const PAGE = 200

/**
 * The lines of an incident as server-sent events, from after a line until the reader goes away: no line is left out and
 * none comes twice, however often the reader comes back. A comment is a heartbeat. A database that is away for a while
 * only delays.
 */
export async function* streamTimeline(options: Options): AsyncGenerator<string> {
  const { pool, watch, incidentId, heartbeatMs, signal } = options
  let after = options.after
  yield 'retry: 2000\n\n'
  while (!signal.aborted) {
    // Asked for before reading, or a line between the read and the wait would be noticed late.
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

// JSON has no bare line breaks, so a hostile text can not forge an event.
function eventOf({ id, incidentId: _incidentId, ...line }: StoredTimelineEntry): string {
  return `id: ${id}\nevent: ${line.kind}\ndata: ${JSON.stringify({ id, ...line })}\n\n`
}
