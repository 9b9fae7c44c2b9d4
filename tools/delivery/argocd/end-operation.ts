import { setTimeout as sleep } from 'node:timers/promises'
import { type ErrorKind, ExpectedError } from '@goalixa/chassis/errors'
import type { WriteCall } from '../../write-call.ts'
import type { ArgocdClient } from './argocd-client.ts'
import { isOperating, operationIn } from './operation-in.ts'
import type { IsOurs } from './operation-ownership.ts'

const POLL_MS = 500
const TURNS = 40

type Wanted = { argocd: ArgocdClient; name: string; isOurs: IsOurs; call: WriteCall }

/** `terminating`: Argo CD ends it later, for example once a sync window opens; it deploys nothing any more. */
export type EndedOperation = 'was-not-running' | 'terminated' | 'terminating'

/**
 * Terminates our own operation if it is running. Argo CD refuses that until its controller has picked the
 * operation up, and up to 3.2 it ends a blocked operation only when its sync window opens; an operation that is being terminated
 * deploys nothing. Throws `conflict` NOT_OUR_OPERATION for anyone else's, OPERATION_STUCK for one that Argo CD does not let us
 * terminate, or that is not terminated within 20 seconds: it may still deploy.
 */
export async function endOperation({ argocd, name, isOurs, call }: Wanted): Promise<EndedOperation> {
  let phase = ''
  for (let turn = 0; turn < TURNS; turn += 1) {
    const app = await argocd.getApp(name, call.signal)
    const current = operationIn(app)
    if (!isOperating(app) || current === undefined) return turn > 0 ? 'terminated' : 'was-not-running'
    if (!isOurs(current.operation)) {
      if (turn > 0) return 'terminated'
      throw new ExpectedError(
        'conflict',
        'NOT_OUR_OPERATION',
        `The operation running on ${name} was not started by this action; it is left alone.`,
      )
    }
    phase = current.phase
    if (phase !== 'Terminating') await terminate(argocd, name, call)
    await sleep(POLL_MS, undefined, { signal: call.signal })
  }
  if (phase === 'Terminating') return 'terminating'
  throw stuck(name, 'within 20 seconds')
}

async function terminate(argocd: ArgocdClient, name: string, call: WriteCall): Promise<void> {
  try {
    await argocd.terminate(name, call)
  } catch (error) {
    // It has finished by itself, or it has not started: the next read shows which.
    if (error instanceof ExpectedError && error.code === 'NO_OPERATION') return
    throw isRefusal(error) ? stuck(name, `(${error.message})`) : error
  }
}

const REFUSALS: ReadonlySet<ErrorKind> = new Set(['invalid', 'unauthenticated', 'forbidden', 'missing'])

function isRefusal(error: unknown): error is ExpectedError {
  return error instanceof ExpectedError && REFUSALS.has(error.kind)
}

function stuck(name: string, why: string): ExpectedError {
  return new ExpectedError(
    'conflict',
    'OPERATION_STUCK',
    `The operation of ${name} could not be terminated ${why}; it may still be running.`,
  )
}
