import { appendEntries } from '../../incidents/timeline.repository.ts'
import { inFencedTransaction } from '../../storage/fence.ts'
import type { ActionsDeps } from '../actions-deps.ts'
import type { Action } from '../ledger.ts'
import type { Phase } from './perform-steps.ts'

/** Tells people, once per phase, that a step is still in progress after its time, and that Syntra goes on awaiting it. */
export function reportOverdue(
  { pool, now }: Pick<ActionsDeps, 'pool' | 'now'>,
  { id, incidentId, target }: Action,
  phase: Phase,
) {
  return (message: string): Promise<void> =>
    inFencedTransaction(pool, client =>
      appendEntries(client, [
        {
          incidentId,
          key: `${id}/overdue/${phase}`,
          kind: 'action-overdue',
          message: `${message} Syntra awaits it until it has ended, and nothing else is done to ${target} until then.`,
          data: { action: id, target },
          at: now().toISOString(),
        },
      ]),
    )
}
