import type { IncidentSummary } from '../../incidents/incidents.schema.ts'
import { type Block, type Column, muted, paragraph, type Span, type Text } from './blocks.ts'

const HEADER = ['ID', 'STATE', 'AGE', 'SEVERITY', 'INCIDENT', 'STATUS']
const COLUMNS: Column[] = [
  { minWidth: 8 },
  { minWidth: 8 },
  { minWidth: 4, align: 'right' },
  { minWidth: 8 },
  { overflow: 'truncate' },
  {},
]
const STATES = { open: 'failure', resolved: 'success', closed: 'muted' } as const

/** Incidents as a table: id, state, age, severity, title, and the state of the newest action or investigation. */
export function presentIncidents(incidents: IncidentSummary[], now: Date): Block {
  return {
    type: 'table',
    columns: COLUMNS,
    rows: [HEADER.map(muted), ...incidents.map(incident => rowOf(incident, now))],
  }
}

/** One incident on a row without a header. */
export function presentIncident(incident: IncidentSummary, now: Date): Block {
  return { type: 'table', columns: COLUMNS, rows: [rowOf(incident, now)] }
}

/** Where an incident is, in full: the table truncates its title. Nothing if it names no place. */
export function presentPlace({ cluster, namespace, service, object }: IncidentSummary): Block[] {
  const parts = [
    cluster && `cluster ${cluster}`,
    namespace && `namespace ${namespace}`,
    service && `service ${service}`,
    object && `${object.kind} ${object.name}`,
  ].filter(Boolean)
  return parts.length === 0 ? [] : [paragraph(muted(parts.join(' · ')))]
}

function rowOf(incident: IncidentSummary, now: Date): Text[] {
  const { id, state, openedAt, severity, title, action, investigation } = incident
  const status = action?.state ?? investigation?.outcome ?? investigation?.state ?? ''
  const stateSpan: Span = { text: state, tone: STATES[state] }
  return [muted(id.slice(0, 8)), stateSpan, ageOf(openedAt, now), severity, title, muted(status)]
}

function ageOf(openedAt: string, now: Date): string {
  const minutes = Math.floor((now.getTime() - Date.parse(openedAt)) / 60_000)
  if (minutes < 60) return `${minutes}m`
  return minutes < 2_880 ? `${Math.floor(minutes / 60)}h` : `${Math.floor(minutes / 1_440)}d`
}
