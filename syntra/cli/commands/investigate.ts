import { ExpectedError } from '@goalixa/chassis/errors'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { followInvestigation } from '../follow.ts'
import { toJsonText } from '../to-json-text.ts'

type Options = { namespace: string; service?: string; object?: string; reason?: string; detach?: boolean }

const Started = z.object({ id: z.uuid(), incidentId: z.uuid() })

/** Starts an investigation without an alert and follows it to its verdict. */
export async function investigate(context: Context, { namespace, service, object, reason, detach }: Options) {
  const syntra = await context.syntra()
  const body = { namespace, service, object: object === undefined ? undefined : objectOf(object), reason }
  const started = await syntra.post('/v1/investigations', body, Started)
  if (detach)
    return context.write(
      context.isJson ? `${toJsonText(started)}\n` : `Investigation ${started.id} has begun.\n`,
    )
  await followInvestigation(context, syntra, started)
}

function objectOf(given: string) {
  const [kind, name, more] = given.split('/')
  if (kind && name && more === undefined) return { kind, name }
  throw new ExpectedError(
    'invalid',
    'INVALID_INPUT',
    `--object "${given}" is not Kind/name, for example Deployment/core.`,
  )
}
