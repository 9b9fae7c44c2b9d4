import { ExpectedError } from '@goalixa/chassis/errors'
import { z } from 'zod'
import { IncidentPage } from '../incidents/incidents.schema.ts'
import { type CommandContext, defineCommand } from './define-command.ts'
import { followInvestigation, presentFollowed } from './follow-investigation.ts'
import { startInvestigation } from './investigate.command.ts'

const MAX_SUGGESTIONS = 10

export const ask = defineCommand({
  name: 'ask',
  summary: 'Ask about a service in plain English',
  details:
    'The question names a service, or an object as Kind/name, and a namespace. It needs no language model.',
  effect: 'propose',
  role: 'developer',
  input: z.object({
    question: z.string().meta({ description: 'the question, in quotes' }),
    namespace: z.string().optional().meta({
      description: 'the namespace, if the question does not name it',
      placeholder: 'name',
      short: 'n',
    }),
  }),
  positional: ['question'],
  examples: [
    { command: 'syntra ask "why is core slow in shop?"', explanation: 'ask about a service' },
    { command: 'syntra ask "look into Deployment/core" -n shop', explanation: 'ask about an object' },
  ],
  async run({ question, namespace: given }, context) {
    const { subject, namespace = given } = parseQuestion(question)
    const place = given ?? namespace
    if (!subject || !place) throw await notUnderstood(context)
    const target = subject.includes('/') ? { object: subject } : { service: subject }
    const started = await startInvestigation(context, { namespace: place, ...target, reason: question })
    return followInvestigation(context, started)
  },
  present: presentFollowed,
})

const NAME = '[a-z0-9](?:[a-z0-9-]*[a-z0-9])?'
const VERBS = `(?:why (?:is|does|are|did)|what(?: is|'s) (?:wrong|up|going on) with|investigate|look into|check|diagnose|explain|service)`
const NAMESPACE = new RegExp(`(?:\\bin|-n|\\bnamespace)\\s+(?:the\\s+)?(?:namespace\\s+)?(${NAME})`, 'i')
const OBJECT = new RegExp(`\\b([A-Z][A-Za-z]+/${NAME})\\b`)
const SERVICE = new RegExp(`\\b${VERBS}\\s+(?:the\\s+)?(?:service\\s+)?(${NAME})\\b`, 'i')

/** The service or Kind/name that a question names, and the namespace after "in" or "-n". */
export function parseQuestion(question: string): {
  subject: string | undefined
  namespace: string | undefined
} {
  const object = OBJECT.exec(question)?.[1]
  const service = SERVICE.exec(question)?.[1]?.toLowerCase()
  return { subject: object ?? service, namespace: NAMESPACE.exec(question)?.[1] }
}

// Syntra has no list of services; those of its latest incidents are the most likely ones.
async function notUnderstood({ api, signal }: CommandContext) {
  const page = await api.get('/v1/incidents?limit=200', IncidentPage, signal).catch(() => null)
  const places = (page?.incidents ?? []).flatMap(({ namespace, service }) =>
    namespace && service ? [`${service} in ${namespace}`] : [],
  )
  const suggestions = [...new Set(places)].slice(0, MAX_SUGGESTIONS).join(', ')
  return new ExpectedError(
    'invalid',
    'NOT_UNDERSTOOD',
    'The question names no service or no namespace; expected both. For example: syntra ask "why is core slow in shop?", or "look into Deployment/core in shop".',
    { fields: suggestions ? [{ field: 'recent incidents', expected: suggestions }] : [] },
  )
}
