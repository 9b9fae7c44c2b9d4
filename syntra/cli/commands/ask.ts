import { ExpectedError } from '@goalixa/chassis/errors'
import { IncidentPage } from '../../incidents/incidents.schema.ts'
import type { Context } from '../context.ts'
import { investigate } from './investigate.ts'

const MOST_PLACES = 10

/** Understands a sentence that names a service (or Kind/name) and a namespace, and investigates it. Needs no model. */
export async function ask(context: Context, sentence: string, { namespace }: { namespace?: string }) {
  const { subject, place } = understand(sentence)
  const where = namespace ?? place
  if (!subject || !where) {
    const known = await placesOf(context)
    throw new ExpectedError(
      'invalid',
      'NOT_UNDERSTOOD',
      'Name a service and a namespace, for example: syntra ask "why is core slow in goalixa-production", or "look into Deployment/core in goalixa-production".',
      { fields: known.length === 0 ? [] : [{ field: 'incidents were about', expected: known.join(', ') }] },
    )
  }
  await investigate(context, {
    namespace: where,
    ...(subject.includes('/') ? { object: subject } : { service: subject }),
    reason: sentence,
  })
}

// Syntra knows no list of services; those of its last incidents are what somebody most likely means.
async function placesOf({ syntra, signal }: Context): Promise<string[]> {
  const page = await (await syntra()).get('/v1/incidents?limit=200', IncidentPage, signal).catch(() => null)
  const places = (page?.incidents ?? []).flatMap(({ namespace, service }) =>
    namespace && service ? [`${service} in ${namespace}`] : [],
  )
  return [...new Set(places)].slice(0, MOST_PLACES)
}

const NAME = '[a-z0-9](?:[a-z0-9-]*[a-z0-9])?'

/** The service or Kind/name that a sentence is about, and the namespace after "in" or "-n". */
export function understand(sentence: string): { subject: string | undefined; place: string | undefined } {
  const place = new RegExp(`(?:\\bin|-n|\\bnamespace)\\s+(?:the\\s+)?(?:namespace\\s+)?(${NAME})`, 'i').exec(
    sentence,
  )?.[1]
  const object = new RegExp(`\\b([A-Z][A-Za-z]+/${NAME})\\b`).exec(sentence)?.[1]
  const verbs = `(?:why (?:is|does|are|did)|what(?: is|'s) (?:wrong|up|going on) with|investigate|look into|check|diagnose|explain|service)`
  const service = new RegExp(`\\b${verbs}\\s+(?:the\\s+)?(?:service\\s+)?(${NAME})\\b`, 'i').exec(
    sentence,
  )?.[1]
  return { subject: object ?? service?.toLowerCase(), place }
}
