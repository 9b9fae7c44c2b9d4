import { z } from 'zod'
import { ActionView } from '../../actions/actions.schema.ts'
import { createEntryFilter } from '../../incidents/entry-filter.ts'
import { TimelineView } from '../../incidents/incidents.schema.ts'
import { InvestigationView } from '../../investigations/investigations.schema.ts'
import type { Context } from '../context.ts'
import { findIncident } from '../find-incident.ts'
import { incidentLine, proposalText, timelineLine, verdictText } from '../print.ts'
import type { SyntraClient } from '../syntra-client.ts'
import { toJsonText } from '../to-json-text.ts'

/** Shows one incident: its timeline, verdict and action, or its report. */
export async function incident(context: Context, id: string | undefined, { report }: { report?: boolean }) {
  const { isJson, isVerbose, write, columns } = context
  const syntra = await context.syntra()
  const found = await findIncident(syntra, id)
  if (report) return write(await reportOf(syntra, found.id, isJson))
  const timeline = await syntra.get(`/v1/incidents/${found.id}/timeline`, TimelineView)
  const newest = found.investigation
  const investigation = newest ? await syntra.get(`/v1/investigations/${newest.id}`, InvestigationView) : null
  const action = found.action ? await syntra.get(`/v1/actions/${found.action.id}`, ActionView) : null
  if (isJson) return write(`${toJsonText({ incident: found, timeline, investigation, action }, 2)}\n`)
  write(`${incidentLine(found, new Date(), columns)}\n\n`)
  const isShown = createEntryFilter(isVerbose ? 'all' : 'short')
  for (const entry of timeline.lines.filter(isShown)) write(`${timelineLine(entry)}\n`)
  if (timeline.tamperedAt) write(`! The timeline was changed afterwards, at line ${timeline.tamperedAt}.\n`)
  if (investigation?.verdict) write(`\n${verdictText(investigation)}\n`)
  if (action) write(`\n${proposalText(action, investigation)}\n`)
}

async function reportOf(syntra: SyntraClient, id: string, isJson: boolean): Promise<string> {
  const path = `/v1/incidents/${id}/report`
  if (!isJson) return syntra.text(path, 'text/markdown')
  return `${toJsonText(await syntra.get(path, z.json()), 2)}\n`
}
