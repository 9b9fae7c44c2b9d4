import { setTimeout as sleep } from 'node:timers/promises'
import { ExpectedError } from '@goalixa/chassis/errors'
import type { ArgocdClient } from './argocd-client.ts'
import type { IsOurs } from './is-ours.ts'
import { isOperating, operationIn } from './operation-in.ts'

const POLL_MS = 500
const TURNS = 40

type Wanted = { argocd: ArgocdClient; name: string; isOurs: IsOurs; signal: AbortSignal }

/**
 * Ends our own operation if it is under way, and says whether it was. Throws `conflict` NOT_OUR_OPERATION for another's,
 * OPERATION_STUCK for one that does not end within 20 seconds.
 */
export async function endOperation({ argocd, name, isOurs, signal }: Wanted): Promise<boolean> {
  const app = await argocd.getApp(name, signal)
  const current = operationIn(app)
  if (!isOperating(app) || current === undefined) return false
  if (!isOurs(current.operation))
    throw new ExpectedError(
      'conflict',
      'NOT_OUR_OPERATION',
      `The operation that runs on ${name} is somebody else's.`,
    )
  if (current.phase !== 'Terminating') await argocd.terminate(name, signal).catch(unlessOver)
  for (let turn = 0; turn < TURNS; turn += 1) {
    const now = await argocd.getApp(name, signal)
    const last = operationIn(now)
    if (!isOperating(now) || last === undefined || !isOurs(last.operation)) return true
    await sleep(POLL_MS, undefined, { signal })
  }
  throw new ExpectedError('conflict', 'OPERATION_STUCK', `The operation of ${name} does not end.`)
}

// It came to its end by itself meanwhile.
function unlessOver(error: unknown): void {
  if (!(error instanceof ExpectedError) || error.kind !== 'invalid') throw error
}
