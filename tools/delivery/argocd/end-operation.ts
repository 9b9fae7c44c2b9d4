import { setTimeout as sleep } from 'node:timers/promises'
import { ExpectedError } from '@goalixa/chassis/errors'
import type { WriteCall } from '../../write-call.ts'
import type { ArgocdClient } from './argocd-client.ts'
import { isOperating, operationIn } from './operation-in.ts'
import type { IsOurs } from './operation-ownership.ts'

const POLL_MS = 500
const TURNS = 40

type Wanted = { argocd: ArgocdClient; name: string; isOurs: IsOurs; call: WriteCall }

/**
 * Terminates our own operation if it is running, and returns whether it was. Throws `conflict` NOT_OUR_OPERATION for anyone else's,
 * OPERATION_STUCK for one that does not end within 20 seconds.
 */
export async function endOperation({ argocd, name, isOurs, call }: Wanted): Promise<boolean> {
  const { signal } = call
  const app = await argocd.getApp(name, signal)
  const current = operationIn(app)
  if (!isOperating(app) || current === undefined) return false
  if (!isOurs(current.operation))
    throw new ExpectedError(
      'conflict',
      'NOT_OUR_OPERATION',
      `The operation running on ${name} was not started by this action; it is left alone.`,
    )
  if (current.phase !== 'Terminating') await argocd.terminate(name, call).catch(ignoreFinished)
  for (let turn = 0; turn < TURNS; turn += 1) {
    const latest = await argocd.getApp(name, signal)
    const last = operationIn(latest)
    if (!isOperating(latest) || last === undefined || !isOurs(last.operation)) return true
    await sleep(POLL_MS, undefined, { signal })
  }
  throw new ExpectedError(
    'conflict',
    'OPERATION_STUCK',
    `The operation of ${name} did not stop within 20 seconds.`,
  )
}

// It finished by itself in the meantime.
function ignoreFinished(error: unknown): void {
  if (!(error instanceof ExpectedError) || error.kind !== 'invalid') throw error
}
