import { z } from 'zod'
import type { Context } from '../context.ts'
import { followInvestigation } from '../follow.ts'

const Started = z.object({ id: z.uuid(), incidentId: z.uuid() })

/**
 * Asks for a rollback of a service. It is never done blindly: Syntra investigates, proposes the method that fits and says
 * why, or says why a rollback would not help. Somebody else approves it, because nobody approves what they asked for.
 */
export async function rollback(context: Context, service: string, { namespace }: { namespace: string }) {
  const syntra = await context.syntra()
  const started = await syntra.post(
    '/v1/investigations',
    { namespace, service, reason: `A rollback of ${service} was asked for.` },
    Started,
  )
  const { action } = await followInvestigation(context, syntra, started)
  if (context.isJson) return
  if (action?.proposal.kind !== 'rollback')
    context.write('\nNo rollback is proposed: what was read does not say that one would help.\n')
}
