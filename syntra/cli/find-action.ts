import { ExpectedError } from '@goalixa/chassis/errors'
import { ActionView } from '../actions/actions.schema.ts'
import { findIncident } from './find-incident.ts'
import type { SyntraClient } from './syntra-client.ts'

/** The action that an action's id, or an incident's id or its first characters, means. Throws NO_SUCH_ACTION. */
export async function findAction(syntra: SyntraClient, given: string): Promise<ActionView> {
  if (/^[0-9a-f-]{36}$/.test(given)) {
    const action = await syntra.get(`/v1/actions/${given}`, ActionView).catch(ifMissing)
    if (action) return action
  }
  const { action, id } = await findIncident(syntra, given)
  if (!action)
    throw new ExpectedError('missing', 'NO_SUCH_ACTION', `Incident ${id} has no action to decide on.`)
  return syntra.get(`/v1/actions/${action.id}`, ActionView)
}

function ifMissing(error: unknown): undefined {
  if (error instanceof ExpectedError && error.kind === 'missing') return undefined
  throw error
}
