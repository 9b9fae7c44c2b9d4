import { ExpectedError } from '@goalixa/chassis/errors'
import { z } from 'zod'
import { ReplayResult } from '../investigations/investigations.schema.ts'
import { defineCommand } from './define-command.ts'
import { findIncident } from './lookup/find-incident.ts'
import { list, muted, paragraph } from './presentation/blocks.ts'
import type { SyntraApi } from './syntra-api.ts'

export const replay = defineCommand({
  name: 'replay',
  summary: 'Check whether a stored verdict would change',
  details:
    'Runs a stored investigation again on its recorded evidence, without a cluster. Exits 1 if the verdict changed.',
  effect: 'read',
  role: 'viewer',
  input: z.object({
    id: z
      .string()
      .meta({ description: 'id of the investigation, or of its incident, or its first characters' }),
  }),
  positional: ['id'],
  examples: [{ command: 'syntra replay 01a1fc58', explanation: 'the newest investigation of an incident' }],
  async run({ id }, { api }) {
    if (!/^[0-9a-f-]{36}$/.test(id)) return replayNewestOf(api, id)
    return replayInvestigation(api, id).catch(error => {
      if (error instanceof ExpectedError && error.kind === 'missing') return replayNewestOf(api, id)
      throw error
    })
  },
  present({ same, stored, replayed, replayedDigest }) {
    if (same) return [paragraph(`Same verdict: ${replayed.message} (${replayedDigest.slice(0, 12)})`)]
    return [
      paragraph('The verdict changed.'),
      list([
        { marker: muted('then'), text: stored?.message ?? 'no verdict' },
        { marker: muted('now '), text: replayed.message },
      ]),
    ]
  },
  isNegative: ({ same }) => !same,
})

function replayInvestigation(api: SyntraApi, id: string) {
  return api.post(`/v1/investigations/${id}/replay`, {}, ReplayResult)
}

async function replayNewestOf(api: SyntraApi, incidentId: string) {
  const { id, investigation } = await findIncident(api, incidentId)
  if (!investigation)
    throw new ExpectedError('missing', 'NO_INVESTIGATION', `Incident ${id} has no investigation yet.`)
  return replayInvestigation(api, investigation.id)
}
