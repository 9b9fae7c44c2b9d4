import { OPERATORS, type OperatorName } from '../system/settings.ts'
import type { Journal } from './journal.ts'

export type Deciding = {
  apiUrl: string
  journal: Journal
  action: { id: string; stateDigest: string }
}

/** Sends one decision of one person. Resolves with the status of the answer; 0 if there was none. */
export async function decide(
  { apiUrl, journal, action }: Deciding,
  operator: OperatorName,
  decision: 'approve' | 'reject',
  stateDigest = action.stateDigest,
): Promise<number> {
  const status = await fetch(`${apiUrl}/v1/actions/${action.id}/decision`, {
    method: 'POST',
    headers: { authorization: `Bearer ${OPERATORS[operator]}`, 'content-type': 'application/json' },
    body: JSON.stringify({ decision, stateDigest }),
    signal: AbortSignal.timeout(8_000),
  }).then(
    async response => {
      await response.text()
      return response.status
    },
    () => 0,
  )
  journal.decide({ actionId: action.id, operator, decision, stateDigest, status })
  journal.count(`decisions answered ${status === 0 ? 'not at all' : status}`)
  return status
}
