import { setTimeout as sleep } from 'node:timers/promises'
import { IncidentPage } from '../../incidents/incidents.schema.ts'
import type { Context } from '../context.ts'
import { findIncident } from '../find-incident.ts'
import { followTimeline } from '../follow.ts'
import { incidentLine } from '../print.ts'
import { toJsonText } from '../to-json-text.ts'

/** Shows one incident's timeline as it grows; without an id, every incident as it comes up or changes, until Ctrl-C. */
export async function watch(context: Context, id: string | undefined) {
  const syntra = await context.syntra()
  if (id) return followTimeline(context, syntra, (await findIncident(syntra, id)).id, context.signal)
  const shown = new Map<string, string>()
  while (!context.signal.aborted) {
    const { incidents } = await syntra.get('/v1/incidents?limit=50', IncidentPage, context.signal)
    for (const incident of incidents.toReversed()) {
      const now = JSON.stringify([incident.state, incident.action?.state, incident.investigation?.state])
      if (shown.get(incident.id) === now) continue
      shown.set(incident.id, now)
      context.write(
        `${context.isJson ? toJsonText(incident) : incidentLine(incident, new Date(), context.columns)}\n`,
      )
    }
    await sleep(1_000, undefined, { signal: context.signal }).catch(() => {})
  }
}
