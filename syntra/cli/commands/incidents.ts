import { IncidentPage } from '../../incidents/incidents.schema.ts'
import type { Context } from '../context.ts'
import { incidentLine } from '../print.ts'
import { toJsonText } from '../to-json-text.ts'

/** Lists incidents, newest first. */
export async function incidents(
  { syntra, isJson, write, columns }: Context,
  filter: Record<string, string | undefined>,
) {
  const query = new URLSearchParams(
    Object.entries(filter).filter((pair): pair is [string, string] => pair[1] !== undefined),
  )
  const page = await (await syntra()).get(`/v1/incidents?${query}`, IncidentPage)
  if (isJson) return write(`${toJsonText(page, 2)}\n`)
  if (page.incidents.length === 0) return write('No incidents. That is good news.\n')
  const now = new Date()
  for (const one of page.incidents) write(`${incidentLine(one, now, columns)}\n`)
  if (page.next) write(`There are more: --after ${page.next}\n`)
}
