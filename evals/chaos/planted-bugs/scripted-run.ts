import { waitUntil } from '@goalixa/sandbox/platform/wait-until'
import type { Journal } from '../load/journal.ts'
import { approve, listWaitingActions, readAction, type WaitingAction } from '../load/run-operators.ts'
import { alertUntilAccepted } from '../load/run-service-stream.ts'
import type { Service } from '../remedies/remedy.ts'
import type { System } from '../system/start-system.ts'

/** How long a step of a scripted run may take on a busy machine. */
export const PATIENCE_MS = 180_000

/** What a scripted run may use. The checks cover the services that it adds. */
export type ScriptedRun = { system: System; services: Service[]; journal: Journal; signal: AbortSignal }

/**
 * Sends a service's alert, waits for the proposal, and approves it. `beforeApproval` is called in between. Resolves with the
 * action's id.
 */
export async function proposeAndApprove(
  { system, services, journal, signal }: ScriptedRun,
  service: Service,
  beforeApproval: (action: WaitingAction) => unknown,
): Promise<string> {
  const apiUrl = system.api.url
  services.push(service)
  await alertUntilAccepted(apiUrl, journal, service, signal)
  const action = await waitUntil(
    async () => {
      const waiting = await listWaitingActions(system)
      const own = waiting.find(({ target }) => target.split('/').includes(service.name))
      return own === undefined ? undefined : readAction(apiUrl, own.id)
    },
    { what: `a proposal for ${service.name}`, timeoutMs: PATIENCE_MS, signal },
  )
  await beforeApproval(action)
  await approve({ apiUrl, journal, action })
  return action.id
}
