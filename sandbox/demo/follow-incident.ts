import { setTimeout as sleep } from 'node:timers/promises'
import { parseTimelineKind } from '@goalixa/agents/report/timeline-kinds'
import { ActionView } from '@goalixa/syntra/actions/actions.schema'
import type { SyntraApi } from '@goalixa/syntra/commands/syntra-api'
import { IncidentPage, IncidentView } from '@goalixa/syntra/incidents/incidents.schema'
import { InvestigationView } from '@goalixa/syntra/investigations/investigations.schema'
import { z } from 'zod'

/** A line of the incident's timeline as it is streamed. */
export const StoryLine = z.object({
  id: z.string(),
  at: z.string(),
  kind: z.string().transform(parseTimelineKind),
  message: z.string(),
  data: z.record(z.string(), z.json()).default({}),
})
export type StoryLine = z.infer<typeof StoryLine>

/** How long an incident must stay without a new investigation to be over. */
const QUIET_MS = 12_000

type Options = {
  syntra: SyntraApi
  /** When the fault was injected: an incident that was not active since is not ours. */
  since: Date
  onIncident: (incident: IncidentView) => void
  onLine: (line: StoryLine) => void
  /** Called once an investigation has a verdict that stands. */
  onVerdict: (investigation: InvestigationView) => void
  /** Asked for every action that waits; true approves. */
  decide: (action: ActionView) => Promise<boolean>
  timeoutMs: number
  signal: AbortSignal
}

/** Waits for the incident that comes up, follows it to its end and decides when asked. Undefined if none comes in time. */
export async function followIncident(options: Options) {
  const { syntra, since, onIncident, timeoutMs } = options
  const until = Date.now() + timeoutMs
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(timeoutMs)])
  const first = await firstIncident(syntra, since, until, options.signal)
  if (!first) return undefined
  onIncident(first)
  const streaming = new AbortController()
  const told = tellLines(options, first.id, AbortSignal.any([signal, streaming.signal]))
  try {
    return await watchToTheEnd(options, first.id, signal)
  } finally {
    // The last lines may still be on their way.
    await sleep(700)
    streaming.abort()
    await told
  }
}

async function firstIncident(syntra: SyntraApi, since: Date, until: number, signal: AbortSignal) {
  while (Date.now() < until) {
    signal.throwIfAborted()
    const { incidents } = await syntra.get('/v1/incidents?limit=50', IncidentPage, signal)
    const ours = incidents
      .filter(({ state, activeAt }) => state === 'open' && new Date(activeAt) >= since)
      .at(-1)
    if (ours) return syntra.get(`/v1/incidents/${ours.id}`, IncidentView, signal)
    await sleep(250, undefined, { signal })
  }
  return undefined
}

async function tellLines(
  { syntra, onLine }: Options,
  incidentId: string,
  signal: AbortSignal,
): Promise<void> {
  for await (const { data } of syntra.stream(`/v1/incidents/${incidentId}/stream`, signal))
    onLine(StoryLine.parse(data))
}

// The newest investigation of the incident is followed: a voided approval starts another one.
async function watchToTheEnd(
  { syntra, onVerdict, decide }: Options,
  incidentId: string,
  signal: AbortSignal,
) {
  const decided = new Set<string>()
  const judged = new Map<string, InvestigationView>()
  for (;;) {
    const incident = await syntra.get(`/v1/incidents/${incidentId}`, IncidentView, signal)
    const newest = incident.investigation
    const investigation = newest
      ? await syntra.get(`/v1/investigations/${newest.id}`, InvestigationView, signal)
      : undefined
    const action = investigation?.actionId
      ? await syntra.get(`/v1/actions/${investigation.actionId}`, ActionView, signal)
      : undefined
    if (investigation?.verdict && (action || isOver(investigation)) && !judged.has(investigation.id)) {
      judged.set(investigation.id, investigation)
      onVerdict(investigation)
    }
    if (action?.state === 'awaiting-approval' && !decided.has(action.id)) {
      decided.add(action.id)
      const decision = (await decide(action)) ? 'approve' : 'reject'
      await syntra.post(
        `/v1/actions/${action.id}/decision`,
        { decision, stateDigest: action.stateDigest },
        ActionView,
      )
    }
    if (investigation && isOver(investigation)) {
      const quietMs = Date.now() - Date.parse(investigation.finishedAt ?? incident.activeAt)
      // What ended without an action may be followed by another look at once, when more alerts join.
      if (action?.executedAt || quietMs > QUIET_MS)
        return { incident, investigation, action, judged: [...judged.values()] }
    }
    await sleep(300, undefined, { signal })
  }
}

function isOver({ state }: InvestigationView): boolean {
  return state === 'done' || state === 'failed'
}
