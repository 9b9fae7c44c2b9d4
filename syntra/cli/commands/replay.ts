import { ExpectedError } from '@goalixa/chassis/errors'
import { ReplayResult } from '../../investigations/investigations.schema.ts'
import type { Context } from '../context.ts'
import { findIncident } from '../find-incident.ts'
import { plain } from '../plain.ts'
import { toJsonText } from '../to-json-text.ts'

/** Runs a stored investigation again on what was read then, and says whether it comes out the same. */
export async function replay(context: Context, id: string): Promise<boolean> {
  const syntra = await context.syntra()
  const again = (investigation: string) =>
    syntra.post(`/v1/investigations/${investigation}/replay`, {}, ReplayResult)
  const result = await (/^[0-9a-f-]{36}$/.test(id) ? again(id).catch(viaIncident) : viaIncident())
  context.write(context.isJson ? `${toJsonText(result, 2)}\n` : inWords(result))
  return result.same

  async function viaIncident(error?: unknown): Promise<ReplayResult> {
    if (error && !(error instanceof ExpectedError && error.kind === 'missing')) throw error
    const { investigation } = await findIncident(syntra, id)
    if (!investigation)
      throw new ExpectedError('missing', 'NO_INVESTIGATION', 'This incident has no investigation yet.')
    return again(investigation.id)
  }
}

function inWords({ same, stored, replayed, replayedDigest }: ReplayResult): string {
  if (same) return `The same: ${plain(replayed.message)} (${replayedDigest.slice(0, 12)})\n`
  return `It came out differently.\n  then: ${plain(stored?.message ?? 'no verdict')}\n  now:  ${plain(replayed.message)}\n`
}
