import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { ActionView } from '../actions/actions.schema.ts'
import { InvestigationView } from '../investigations/investigations.schema.ts'
import type { CommandContext } from './define-command.ts'
import { streamEntries } from './lookup/stream-entries.ts'
import { type Block, paragraph } from './presentation/blocks.ts'
import { presentProposal } from './presentation/present-proposal.ts'
import { presentTimeline } from './presentation/present-timeline.ts'
import { presentVerdict } from './presentation/present-verdict.ts'

export const StartedInvestigation = z.object({ id: z.uuid(), incidentId: z.uuid() })
export type StartedInvestigation = z.infer<typeof StartedInvestigation>

export type Followed = { investigation: InvestigationView; action: ActionView | null }

const POLL_MS = 400
/** How long to wait for the last entries. */
const LAST_ENTRIES_MS = 500

/** Follows an investigation until it ends or waits for a person, with its timeline as progress. */
export async function followInvestigation(
  context: CommandContext,
  { id, incidentId }: StartedInvestigation,
): Promise<Followed> {
  const ended = new AbortController()
  const progress = showProgress(context, incidentId, AbortSignal.any([context.signal, ended.signal]))
  try {
    const followed = await waitForDecisionOrEnd(context, id)
    if (context.onProgress) await sleep(LAST_ENTRIES_MS)
    return followed
  } finally {
    ended.abort()
    await progress
  }
}

/** The verdict and the proposal of an investigation, and who may approve it. */
export function presentFollowed({ investigation, action }: Followed): Block[] {
  const { id } = investigation
  if (!action) return presentVerdict(investigation)
  const approval = paragraph(
    `An operator other than ${action.requestedBy} can approve it: syntra approve ${action.id}`,
  )
  return [
    ...presentVerdict(investigation),
    ...presentProposal(action, id),
    ...(action.state === 'awaiting-approval' ? [approval] : []),
  ]
}

async function showProgress(context: CommandContext, incidentId: string, signal: AbortSignal) {
  const { onProgress } = context
  if (!onProgress) return
  for await (const { entry, isShown } of streamEntries(context, incidentId, signal))
    if (isShown) onProgress([presentTimeline([entry])])
}

async function waitForDecisionOrEnd({ api, signal }: CommandContext, id: string): Promise<Followed> {
  for (;;) {
    const investigation = await api.get(`/v1/investigations/${id}`, InvestigationView, signal)
    const { actionId, state } = investigation
    const action = actionId ? await api.get(`/v1/actions/${actionId}`, ActionView, signal) : null
    if (state === 'done' || state === 'failed' || action?.state === 'awaiting-approval')
      return { investigation, action }
    await sleep(POLL_MS, undefined, { signal })
  }
}
