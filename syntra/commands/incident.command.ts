import { z } from 'zod'
import { ActionView } from '../actions/actions.schema.ts'
import { createEntryFilter } from '../incidents/entry-filter.ts'
import { type IncidentView, TimelineView } from '../incidents/incidents.schema.ts'
import { InvestigationView } from '../investigations/investigations.schema.ts'
import { type CommandContext, defineCommand } from './define-command.ts'
import { findIncident } from './lookup/find-incident.ts'
import { type Block, heading, paragraph } from './presentation/blocks.ts'
import { presentIncident, presentPlace } from './presentation/present-incident.ts'
import { presentProposal } from './presentation/present-proposal.ts'
import { presentTimeline } from './presentation/present-timeline.ts'
import { presentVerdict } from './presentation/present-verdict.ts'

export const incident = defineCommand({
  name: 'incident',
  summary: 'Show an incident: timeline, verdict, proposal',
  effect: 'read',
  role: 'viewer',
  input: z.object({
    id: z
      .string()
      .optional()
      .meta({ description: 'id of the incident, or its first characters; the newest incident by default' }),
    report: z.boolean().optional().meta({ description: 'show its report in Markdown (JSON with --json)' }),
  }),
  positional: ['id'],
  examples: [
    { command: 'syntra incident', explanation: 'the newest incident' },
    { command: 'syntra incident 01a1fc58 --report > report.md', explanation: 'the report of one incident' },
  ],
  async run({ id, report }, context) {
    const found = await findIncident(context.api, id)
    return report ? readReport(context, found) : readDetails(context, found)
  },
  present: (result, { now }) =>
    'markdown' in result ? [{ type: 'preformatted', text: result.markdown }] : presentDetails(result, now),
  toJson: ({ json }) => json,
})

type Details = Awaited<ReturnType<typeof readDetails>>

async function readReport({ api }: CommandContext, { id }: IncidentView) {
  const path = `/v1/incidents/${id}/report`
  const [json, markdown] = await Promise.all([api.get(path, z.json()), api.text(path, 'text/markdown')])
  return { json, markdown }
}

async function readDetails({ api, isVerbose }: CommandContext, found: IncidentView) {
  const { id, investigation: newest, action: newestAction } = found
  const [timeline, investigation, action] = await Promise.all([
    api.get(`/v1/incidents/${id}/timeline`, TimelineView),
    newest ? api.get(`/v1/investigations/${newest.id}`, InvestigationView) : null,
    newestAction ? api.get(`/v1/actions/${newestAction.id}`, ActionView) : null,
  ])
  const entries = timeline.lines.filter(createEntryFilter(isVerbose ? 'all' : 'short'))
  return { json: { incident: found, timeline, investigation, action }, entries }
}

function presentDetails({ json, entries }: Details, now: Date): Block[] {
  const { incident: found, timeline, investigation, action } = json
  return [
    presentIncident(found, now),
    ...presentPlace(found),
    heading('Timeline'),
    presentTimeline(entries),
    ...(timeline.tamperedAt
      ? [
          paragraph({
            text: `! Entry ${timeline.tamperedAt} was changed after it was written.`,
            tone: 'failure',
          }),
        ]
      : []),
    ...(investigation?.verdict ? presentVerdict(investigation) : []),
    ...(action ? presentProposal(action, investigation?.id) : []),
  ]
}
