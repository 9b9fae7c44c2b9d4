import { setTimeout as sleep } from 'node:timers/promises'
import type { Operation } from '../applications/application.ts'
import { canSync, windowsFor } from '../projects/sync-windows.ts'
import type { OperationDeps } from './operation-deps.ts'

const POLL_MS = 2_000

/**
 * Keeps an operation waiting while a sync window of its project denies it. Aborting the signal, which terminates it, ends the
 * wait only where blocked operations end at once: until Argo CD 3.2 it stays Terminating until the window opens.
 */
export async function waitForWindow(
  { store, projects, now, stopping, endsBlockedOperations }: OperationDeps,
  name: string,
  { initiatedBy }: Operation,
  signal: AbortSignal,
): Promise<void> {
  const ending = endsBlockedOperations ? AbortSignal.any([signal, stopping]) : stopping
  for (;;) {
    const application = store.get(name)
    if (!application || application.metadata.deletionTimestamp) return
    const windows = windowsFor(projects.get(application.spec.project), application)
    if (canSync(windows, !initiatedBy?.automated, now())) return
    store.update(name, ({ status }) => {
      if (status.operationState) status.operationState.message = 'Sync operation blocked by sync window'
    })
    await sleep(POLL_MS, undefined, { signal: ending })
  }
}
