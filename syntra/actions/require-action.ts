import { ExpectedError } from '@goalixa/chassis/errors'
import type { Action, Ledger } from './ledger.ts'

/** An action of the ledger. Throws `missing` NO_SUCH_ACTION. */
export async function requireAction(ledger: Ledger, id: string): Promise<Action> {
  const action = await ledger.find(id)
  if (!action) throw new ExpectedError('missing', 'NO_SUCH_ACTION', `There is no action ${id}.`)
  return action
}
