import { ExpectedError } from '@goalixa/chassis/errors'
import { ActionView } from '../../actions/actions.schema.ts'
import type { SyntraApi } from '../syntra-api.ts'
import { findIncident } from './find-incident.ts'

/** The action with this id, or the newest action of the incident with this id. Throws `missing` NO_SUCH_ACTION. */
export async function findAction(api: SyntraApi, id: string): Promise<ActionView> {
  if (/^[0-9a-f-]{36}$/.test(id)) {
    const action = await api.get(`/v1/actions/${id}`, ActionView).catch(undefinedIfMissing)
    if (action) return action
  }
  const incident = await findIncident(api, id)
  if (!incident.action)
    throw new ExpectedError(
      'missing',
      'NO_SUCH_ACTION',
      `Incident ${incident.id} has no action to decide on.`,
    )
  return api.get(`/v1/actions/${incident.action.id}`, ActionView)
}

function undefinedIfMissing(error: unknown): undefined {
  if (error instanceof ExpectedError && error.kind === 'missing') return undefined
  throw error
}
