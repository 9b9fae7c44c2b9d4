import { z } from 'zod'
import { IncidentPage, IncidentQuery } from '../incidents/incidents.schema.ts'
import { defineCommand } from './define-command.ts'
import { paragraph } from './presentation/blocks.ts'
import { presentIncidents } from './presentation/present-incident.ts'

const { state, namespace, service, cluster, limit, after } = IncidentQuery.shape

export const incidents = defineCommand({
  name: 'incidents',
  summary: 'List incidents, newest first',
  effect: 'read',
  role: 'viewer',
  input: z.object({
    state: state.meta({ description: 'only incidents in this state' }),
    namespace: namespace.meta({
      description: 'only incidents in this namespace',
      placeholder: 'name',
      short: 'n',
    }),
    service: service.meta({ description: 'only incidents of this service', placeholder: 'name' }),
    cluster: cluster.meta({
      description: 'only incidents whose alerts name this cluster',
      placeholder: 'name',
    }),
    limit: limit.meta({ description: 'maximum number of incidents, up to 200' }),
    after: after.meta({ description: 'the page after the incident with this id', placeholder: 'id' }),
  }),
  examples: [
    { command: 'syntra incidents --state open', explanation: 'what is open now' },
    { command: 'syntra incidents -n shop --service core', explanation: 'the history of one service' },
  ],
  run(filter, { api }) {
    const query = new URLSearchParams(
      Object.entries(filter).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
    )
    return api.get(`/v1/incidents?${query}`, IncidentPage)
  },
  present: (page, { now }) => [
    page.incidents.length === 0 ? paragraph('No incidents.') : presentIncidents(page.incidents, now),
    ...(page.next ? [paragraph(`More: --after ${page.next}`)] : []),
  ],
})
