import { waitUntil } from '@goalixa/sandbox/platform/wait-until'
import type { Journal } from '../load/journal.ts'
import { approve, listWaitingActions, readAction, type WaitingAction } from '../load/run-operators.ts'
import { alertUntilAccepted } from '../load/run-service-stream.ts'
import type { Service } from '../remedies/remedy.ts'
import type { System } from '../system/start-system.ts'

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
      const [id] = await listWaitingActions(apiUrl)
      return id === undefined ? undefined : readAction(apiUrl, id)
    },
    { what: `a proposal for ${service.name}`, timeoutMs: 60_000, signal },
  )
  await beforeApproval(action)
  await approve({ apiUrl, journal, action })
  return action.id
}
