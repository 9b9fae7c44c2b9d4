import { setTimeout as sleep } from 'node:timers/promises'
import { parseTimelineKind } from '@goalixa/agents/report/timeline-kinds'
import { ActionView } from '@goalixa/syntra/actions/actions.schema'
import type { SyntraApi } from '@goalixa/syntra/commands/syntra-api'
import { IncidentPage, IncidentView } from '@goalixa/syntra/incidents/incidents.schema'
import { InvestigationView } from '@goalixa/syntra/investigations/investigations.schema'
import { z } from 'zod'
import { chooseInvestigation } from './choose-investigation.ts'

/** An entry of the incident's timeline, as streamed. */
export const StreamedEntry = z.object({
  id: z.string(),
  at: z.string(),
  kind: z.string().transform(parseTimelineKind),
  message: z.string(),
  data: z.record(z.string(), z.json()).default({}),
})
export type StreamedEntry = z.infer<typeof StreamedEntry>

/** How long no further investigation may follow a finished one before the incident counts as over. */
const SETTLE_MS = 12_000

type Options = {
  syntra: SyntraApi
  /** When the fault was injected: incidents without activity since then are ignored. */
  since: Date
  onIncident: (incident: IncidentView) => void
  onEntry: (line: StreamedEntry) => void
  /** Called once an investigation has reached its verdict. */
  onVerdict: (investigation: InvestigationView) => void
  /** Called for every action that awaits approval; true approves. */
  decide: (action: ActionView) => Promise<boolean>
  timeoutMs: number
  signal: AbortSignal
}

/** Waits for the incident, follows it to its end, and decides about its actions. Undefined if none opens in time. */
export async function followIncident(options: Options) {
  const { syntra, since, onIncident, timeoutMs } = options
  const until = Date.now() + timeoutMs
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(timeoutMs)])
  const first = await firstIncident(syntra, since, until, options.signal)
  if (!first) return undefined
  onIncident(first)
  const streaming = new AbortController()
  const streamed = streamTimeline(options, first.id, AbortSignal.any([signal, streaming.signal]))
  try {
    return await followInvestigations(options, first.id, signal)
  } finally {
    // The last entries may not have arrived yet.
    await sleep(700)
    streaming.abort()
    await streamed
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

async function streamTimeline(
  { syntra, onEntry }: Options,
  incidentId: string,
  signal: AbortSignal,
): Promise<void> {
  for await (const { data } of syntra.stream(`/v1/incidents/${incidentId}/stream`, signal))
    onEntry(StreamedEntry.parse(data))
}

// A voided approval starts another investigation, and news starts one beside a decision that is awaited.
async function followInvestigations(
  { syntra, onVerdict, decide }: Options,
  incidentId: string,
  signal: AbortSignal,
) {
  const decidedActions = new Set<string>()
  const concluded = new Map<string, InvestigationView>()
  for (;;) {
    const incident = await syntra.get(`/v1/incidents/${incidentId}`, IncidentView, signal)
    const current = chooseInvestigation(incident.investigations)
    const investigation = current
      ? await syntra.get(`/v1/investigations/${current.id}`, InvestigationView, signal)
      : undefined
    const action = investigation?.actionId
      ? await syntra.get(`/v1/actions/${investigation.actionId}`, ActionView, signal)
      : undefined
    if (investigation?.verdict && (action || isOver(investigation)) && !concluded.has(investigation.id)) {
      concluded.set(investigation.id, investigation)
      onVerdict(investigation)
    }
    if (action?.state === 'awaiting-approval' && !decidedActions.has(action.id)) {
      decidedActions.add(action.id)
      const decision = (await decide(action)) ? 'approve' : 'reject'
      await syntra.post(
        `/v1/actions/${action.id}/decision`,
        { decision, stateDigest: action.stateDigest },
        ActionView,
      )
    }
    if (investigation && isOver(investigation)) {
      const quietMs = Date.now() - Date.parse(investigation.finishedAt ?? incident.activeAt)
      // An investigation without an action is repeated soon if more alerts join.
      if (action?.executedAt || quietMs > SETTLE_MS)
        return { incident, investigation, action, concluded: [...concluded.values()] }
    }
    await sleep(300, undefined, { signal })
  }
}

function isOver({ state }: InvestigationView): boolean {
  return state === 'done' || state === 'failed'
}
