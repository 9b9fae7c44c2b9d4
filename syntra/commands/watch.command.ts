import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { IncidentPage, type IncidentSummary } from '../incidents/incidents.schema.ts'
import { type CommandContext, defineCommand } from './define-command.ts'
import { findIncident } from './lookup/find-incident.ts'
import { streamEntries } from './lookup/stream-entries.ts'
import { presentIncident } from './presentation/present-incident.ts'
import { presentTimeline } from './presentation/present-timeline.ts'

const POLL_MS = 1_000

export const watch = defineCommand({
  name: 'watch',
  summary: 'Follow one incident, or all, until Ctrl-C',
  effect: 'read',
  role: 'viewer',
  isStream: true,
  input: z.object({
    id: z
      .string()
      .optional()
      .meta({ description: 'id of the incident, or its first characters; every incident by default' }),
  }),
  positional: ['id'],
  examples: [
    { command: 'syntra watch', explanation: 'every incident as it opens or changes' },
    { command: 'syntra watch 01a1fc58', explanation: 'the timeline of one incident as it grows' },
  ],
  async *run({ id }, context) {
    if (id === undefined) return yield* streamIncidents(context)
    const incident = await findIncident(context.api, id)
    yield* streamEntries(context, incident.id, context.signal)
  },
  present(result, { now }) {
    if ('openedAt' in result) return [presentIncident(result, now)]
    return result.isShown ? [presentTimeline([result.entry])] : []
  },
  toJson: result => ('openedAt' in result ? result : result.sent),
})

/** Yields each incident when it is new and whenever its state changed. */
async function* streamIncidents({ api, signal }: CommandContext): AsyncGenerator<IncidentSummary> {
  const lastStates = new Map<string, string>()
  while (!signal.aborted) {
    const { incidents } = await api.get('/v1/incidents?limit=50', IncidentPage, signal)
    for (const incident of incidents.toReversed()) {
      const states = JSON.stringify([incident.state, incident.action?.state, incident.investigation?.state])
      if (lastStates.get(incident.id) === states) continue
      lastStates.set(incident.id, states)
      yield incident
    }
    await sleep(POLL_MS, undefined, { signal }).catch(() => {})
  }
}
