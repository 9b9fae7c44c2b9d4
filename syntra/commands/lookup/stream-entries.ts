import { parseTimelineKind } from '@goalixa/agents/report/timeline-kinds'
import { z } from 'zod'
import { createEntryFilter } from '../../incidents/entry-filter.ts'
import type { CommandContext } from '../define-command.ts'

/** An entry of a stream. A newer Syntra may send kinds that this version does not know. */
export const StreamedEntry = z.looseObject({
  id: z.string(),
  at: z.string(),
  kind: z.string().transform(parseTimelineKind),
  message: z.string(),
})
export type StreamedEntry = z.infer<typeof StreamedEntry>

/** Yields the entries of a timeline as they are written, each as it was sent, and whether to show it to a person. */
export async function* streamEntries(
  { api, isVerbose }: Pick<CommandContext, 'api' | 'isVerbose'>,
  incidentId: string,
  signal: AbortSignal,
): AsyncGenerator<{ sent: unknown; entry: StreamedEntry; isShown: boolean }> {
  const isNoteworthy = createEntryFilter(isVerbose ? 'all' : 'short')
  for await (const { data } of api.stream(`/v1/incidents/${incidentId}/stream`, signal)) {
    const entry = StreamedEntry.parse(data)
    yield { sent: data, entry, isShown: isNoteworthy(entry) }
  }
}
