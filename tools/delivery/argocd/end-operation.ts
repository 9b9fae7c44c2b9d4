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
 * Terminates our own operation if it is running, and returns whether it was. Argo CD refuses that until its controller has picked the
 * operation up, and up to 3.2 it ends a blocked operation only when its sync window opens; an operation that is being terminated
 * deploys nothing. Throws `conflict` NOT_OUR_OPERATION for anyone else's, OPERATION_STUCK for one that is not
 * terminated within 20 seconds.
 */
export async function endOperation({ argocd, name, isOurs, call }: Wanted): Promise<boolean> {
  let phase = ''
  for (let turn = 0; turn < TURNS; turn += 1) {
    const app = await argocd.getApp(name, call.signal)
    const current = operationIn(app)
    if (!isOperating(app) || current === undefined) return turn > 0
    if (!isOurs(current.operation)) {
      if (turn > 0) return true
      throw new ExpectedError(
        'conflict',
        'NOT_OUR_OPERATION',
        `The operation running on ${name} was not started by this action; it is left alone.`,
      )
    }
    phase = current.phase
    if (phase !== 'Terminating') await argocd.terminate(name, call).catch(ignoreNothingToTerminate)
    await sleep(POLL_MS, undefined, { signal: call.signal })
  }
  if (phase === 'Terminating') return true
  throw new ExpectedError(
    'conflict',
    'OPERATION_STUCK',
    `The operation of ${name} could not be terminated within 20 seconds; it may still be running.`,
  )
}

// It has finished by itself, or it has not started: the next iteration shows which.
function ignoreNothingToTerminate(error: unknown): void {
  if (!(error instanceof ExpectedError) || error.kind !== 'invalid') throw error
}
