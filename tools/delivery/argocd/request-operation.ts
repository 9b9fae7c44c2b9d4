import { setTimeout as sleep } from 'node:timers/promises'
import { ExpectedError } from '@goalixa/chassis/errors'
import { pluralize } from '@goalixa/chassis/pluralize'
import type { WriteCall } from '../../write-call.ts'
import type { ArgocdClient } from './argocd-client.ts'
import { endOperation } from './end-operation.ts'
import { isOperating, isRetryOfAutoSync, operationIn } from './operation-in.ts'
import type { IsOurs } from './operation-ownership.ts'
import type { RawApplication, RawOperation } from './raw-application.ts'

const POLL_MS = 1_000

type Wanted = {
  argocd: ArgocdClient
  name: string
  isOurs: IsOurs
  /** Throws where the operation must not be requested any more, after others have been waited for. */
  check?(app: RawApplication): void
  request(): Promise<unknown>
  withinSeconds: number
  call: WriteCall
}

/**
 * Requests an operation, unless it runs already, once no other one is in progress: a refresh or auto-sync may just have started one. Retries
 * of an automatic sync that has failed are terminated: they may go on for minutes, also while auto-sync is off. Throws `conflict`
 * OPERATION_IN_PROGRESS, naming who requested the other one, if that does not end in time.
 */
export async function requestOperation(wanted: Wanted): Promise<void> {
  const { argocd, name, isOurs, check, request, withinSeconds, call } = wanted
  for (let turn = 0; ; turn += 1) {
    const app = await argocd.getApp(name, call.signal)
    const current = operationIn(app)
    if (isOperating(app) && current !== undefined) {
      if (isOurs(current.operation)) return
      if (isRetryOfAutoSync(app)) await endOperation({ argocd, name, isOurs: isAutomatic, call })
    } else {
      check?.(app)
      if (await isRequested(request)) return
    }
    if (turn * POLL_MS >= withinSeconds * 1000)
      throw new ExpectedError(
        'conflict',
        'OPERATION_IN_PROGRESS',
        `Another operation of ${name}${requester(current?.operation)} is still in progress after ${pluralize(withinSeconds, 'second')}; wait for it, or terminate it.`,
      )
    await sleep(POLL_MS, undefined, { signal: call.signal })
  }
}

/** False where Argo CD refused because another operation has started in the meantime. */
async function isRequested(request: Wanted['request']): Promise<boolean> {
  try {
    await request()
    return true
  } catch (error) {
    if (error instanceof ExpectedError && error.code === 'OPERATION_IN_PROGRESS') return false
    throw error
  }
}

function isAutomatic({ initiatedBy }: RawOperation): boolean {
  return initiatedBy?.automated === true
}

function requester(operation: RawOperation | undefined): string {
  if (operation === undefined) return ''
  return isAutomatic(operation)
    ? ' (by auto-sync)'
    : ` (by ${operation.initiatedBy?.username || 'an unknown account'})`
}
