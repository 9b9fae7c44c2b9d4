import { ExpectedError } from '@goalixa/chassis/errors'
import { IncidentPage, IncidentView } from '../../incidents/incidents.schema.ts'
import type { SyntraApi } from '../syntra-api.ts'

const UUID = /^[0-9a-f-]{36}$/

/**
 * The incident with this id, the one whose id begins with these characters, or the newest one.
 * Throws `missing` NO_SUCH_INCIDENT or `invalid` AMBIGUOUS_ID.
 */
export async function findIncident(api: SyntraApi, id: string | undefined): Promise<IncidentView> {
  if (id && UUID.test(id)) return api.get(`/v1/incidents/${id}`, IncidentView)
  const { incidents } = await api.get('/v1/incidents?limit=200', IncidentPage)
  const matching = id ? incidents.filter(incident => incident.id.startsWith(id)) : incidents.slice(0, 1)
  const [found, other] = matching
  if (!found)
    throw new ExpectedError(
      'missing',
      'NO_SUCH_INCIDENT',
      id
        ? `No incident has an id that begins with "${id}". \`syntra incidents\` lists the incidents.`
        : 'There are no incidents.',
    )
  if (other)
    throw new ExpectedError(
      'invalid',
      'AMBIGUOUS_ID',
      `"${id}" matches ${matching.length} incidents; expected the first characters of one id. Add more characters.`,
    )
  return api.get(`/v1/incidents/${found.id}`, IncidentView)
}
