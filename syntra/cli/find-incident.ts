import { ExpectedError } from '@goalixa/chassis/errors'
import { IncidentPage, IncidentView } from '../incidents/incidents.schema.ts'
import type { SyntraClient } from './syntra-client.ts'

/** The incident that an id, the first characters of one, or nothing (the newest) means. Throws missing or ambiguous. */
export async function findIncident(syntra: SyntraClient, given: string | undefined): Promise<IncidentView> {
  if (given && /^[0-9a-f-]{36}$/.test(given)) return syntra.get(`/v1/incidents/${given}`, IncidentView)
  const { incidents } = await syntra.get('/v1/incidents?limit=200', IncidentPage)
  const matching = given ? incidents.filter(({ id }) => id.startsWith(given)) : incidents.slice(0, 1)
  const [found, other] = matching
  if (!found)
    throw new ExpectedError(
      'missing',
      'NO_SUCH_INCIDENT',
      given
        ? `No incident begins with "${given}". \`syntra incidents\` lists them.`
        : 'There is no incident.',
    )
  if (other)
    throw new ExpectedError(
      'invalid',
      'AMBIGUOUS_ID',
      `"${given}" means ${matching.length} incidents. Give more characters.`,
    )
  return syntra.get(`/v1/incidents/${found.id}`, IncidentView)
}
