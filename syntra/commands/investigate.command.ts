import { ExpectedError } from '@goalixa/chassis/errors'
import { z } from 'zod'
import { type CommandContext, defineCommand } from './define-command.ts'
import { followInvestigation, presentFollowed, StartedInvestigation } from './follow-investigation.ts'
import { paragraph } from './presentation/blocks.ts'

export const investigate = defineCommand({
  name: 'investigate',
  summary: 'Investigate a service or object without an alert',
  effect: 'propose',
  role: 'developer',
  input: z.object({
    namespace: z
      .string()
      .meta({ description: 'namespace of the service or object', placeholder: 'name', short: 'n' }),
    service: z.string().optional().meta({ description: 'the service', placeholder: 'name' }),
    object: z
      .string()
      .optional()
      .meta({ description: 'or an object, for example Deployment/core', placeholder: 'Kind/name' }),
    reason: z.string().optional().meta({ description: 'why, for the record', placeholder: 'text' }),
    detach: z.boolean().optional().meta({ description: 'return at once, without waiting for the verdict' }),
  }),
  examples: [
    {
      command: 'syntra investigate -n shop --service core',
      explanation: 'investigate, and wait for the verdict',
    },
    {
      command: 'syntra investigate -n shop --object Deployment/core --detach',
      explanation: 'start it and return',
    },
  ],
  async run({ detach, ...request }, context) {
    const started = await startInvestigation(context, request)
    return detach ? started : followInvestigation(context, started)
  },
  present: result =>
    'investigation' in result
      ? presentFollowed(result)
      : [paragraph(`Investigation ${result.id} started. Follow it with: syntra watch ${result.incidentId}`)],
})

type Request = { namespace: string; service?: string; object?: string; reason?: string }

/** Starts an investigation of a service or of an object, given as `Kind/name`. */
export function startInvestigation({ api }: CommandContext, { object, ...request }: Request) {
  const body = { ...request, object: object === undefined ? undefined : parseObject(object) }
  return api.post('/v1/investigations', body, StartedInvestigation)
}

function parseObject(text: string) {
  const [kind, name, more] = text.split('/')
  if (kind && name && more === undefined) return { kind, name }
  throw new ExpectedError(
    'invalid',
    'INVALID_INPUT',
    `--object "${text}" is not an object; expected Kind/name, for example Deployment/core.`,
  )
}
