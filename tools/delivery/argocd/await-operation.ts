import { setTimeout as sleep } from 'node:timers/promises'
import { ExpectedError } from '@goalixa/chassis/errors'
import { pluralize } from '@goalixa/chassis/pluralize'
import type { WriteCall } from '../../write-call.ts'
import type { ArgocdClient } from './argocd-client.ts'
import { type EndedOperation, endOperation } from './end-operation.ts'
import { isUnderWay, operationIn } from './operation-in.ts'
import type { IsOurs } from './operation-ownership.ts'
import type { RawApplication } from './raw-application.ts'

const POLL_MS = 1_000

type Wanted = {
  argocd: ArgocdClient
  name: string
  isOurs: IsOurs
  /** Whether it had succeeded, where another operation has started since. */
  hasSucceeded(app: RawApplication): boolean
  withinSeconds: number
  call: WriteCall
}

/**
 * Resolves when our operation has succeeded; Argo CD answers 200 as soon as it is requested. Throws `conflict`
 * OPERATION_FAILED; OPERATION_HUNG after terminating it, if it takes too long; OPERATION_REPLACED.
 */
export async function awaitOperation(wanted: Wanted): Promise<void> {
  const { argocd, name, isOurs, hasSucceeded, withinSeconds, call } = wanted
  const { signal } = call
  let message = ''
  for (let turn = 0; turn * POLL_MS < withinSeconds * 1000; turn += 1) {
    const app = await argocd.getApp(name, signal)
    const current = operationIn(app)
    if (current !== undefined && !isOurs(current.operation)) {
      if (hasSucceeded(app)) return
      throw failure('OPERATION_REPLACED', `Another operation replaced the operation of Syntra on ${name}.`)
    }
    if (current?.phase === 'Succeeded') return
    if (current !== undefined && !isUnderWay(current.phase))
      throw failure(
        'OPERATION_FAILED',
        `The operation of ${name} ended as ${current.phase}: ${current.message}`,
      )
    message = current?.message ?? ''
    await sleep(POLL_MS, undefined, { signal })
  }
  const ended = await endOperation(wanted)
  throw failure(
    'OPERATION_HUNG',
    `The operation of ${name} did not finish within ${pluralize(withinSeconds, 'second')}${ENDINGS[ended]}. ${message}`.trim(),
  )
}

const ENDINGS: Record<EndedOperation, string> = {
  'was-not-running': '',
  terminated: ' and was terminated',
  terminating:
    ' and is being terminated: it deploys nothing any more, but Argo CD runs no other until it has ended',
}

function failure(code: string, message: string): ExpectedError {
  return new ExpectedError('conflict', code, message.slice(0, 600))
}
