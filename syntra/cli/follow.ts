import { setTimeout as sleep } from 'node:timers/promises'
import { parseTimelineKind } from '@goalixa/agents/report/timeline-kinds'
import { z } from 'zod'
import { ActionView } from '../actions/actions.schema.ts'
import { createEntryFilter } from '../incidents/entry-filter.ts'
import { InvestigationView } from '../investigations/investigations.schema.ts'
import type { Context } from './context.ts'
import { plain } from './plain.ts'
import { proposalText, timelineLine, verdictText } from './print.ts'
import type { SyntraClient } from './syntra-client.ts'
import { toJsonText } from './to-json-text.ts'

/** An entry of the stream. A newer Syntra may send kinds that this command line does not know. */
const Entry = z.looseObject({
  at: z.string(),
  kind: z.string().transform(parseTimelineKind),
  message: z.string(),
})

/** Shows an incident's timeline as it grows, until the signal ends. As JSON, a line an event. */
export async function followTimeline(
  context: Context,
  syntra: SyntraClient,
  incidentId: string,
  signal: AbortSignal,
) {
  const isShown = createEntryFilter(context.isVerbose ? 'all' : 'short')
  for await (const { data } of syntra.stream(`/v1/incidents/${incidentId}/stream`, signal)) {
    if (context.isJson) context.write(`${toJsonText(data)}\n`)
    else {
      const entry = Entry.parse(data)
      if (isShown(entry)) context.write(`${timelineLine(entry)}\n`)
    }
  }
}

/** Follows an investigation that was asked for until it ends or waits for a person; shows what it found and what it proposes. */
export async function followInvestigation(
  context: Context,
  syntra: SyntraClient,
  ids: { id: string; incidentId: string },
) {
  const told = new AbortController()
  const signal = AbortSignal.any([context.signal, told.signal])
  const telling = context.isJson ? Promise.resolve() : followTimeline(context, syntra, ids.incidentId, signal)
  const { investigation, action } = await untilStill(syntra, ids.id, context.signal)
  await sleep(500)
  told.abort()
  await telling
  if (context.isJson) context.write(`${toJsonText({ investigation, action }, 2)}\n`)
  else {
    context.write(`\n${verdictText(investigation)}\n`)
    if (action) context.write(`\n${proposalText(action, investigation)}\n`)
    if (action?.state === 'awaiting-approval')
      context.write(
        `\nAn operator other than ${plain(action.requestedBy)} approves it: syntra approve ${action.id}\n`,
      )
  }
  return { investigation, action }
}

async function untilStill(syntra: SyntraClient, id: string, signal: AbortSignal) {
  for (;;) {
    const investigation = await syntra.get(`/v1/investigations/${id}`, InvestigationView, signal)
    const action = investigation.actionId
      ? await syntra.get(`/v1/actions/${investigation.actionId}`, ActionView, signal)
      : null
    const isOver = investigation.state === 'done' || investigation.state === 'failed'
    if (isOver || action?.state === 'awaiting-approval') return { investigation, action }
    await sleep(400, undefined, { signal })
  }
}
