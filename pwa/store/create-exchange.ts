import type { SyncRequest, SyncResponse } from '@goalixa/core/sync/sync.schema'
import { nextRequest } from '../sync/next-request.ts'
import type { PageClock } from '../sync/page-clock.ts'
import { listNeededRows, receiveResponse } from '../sync/receive-response.ts'
import { removeRefusedOp } from '../sync/remove-refused-op.ts'
import type { PendingOp, RejectedOp } from '../sync/replica.ts'
import type { Step } from './create-step.ts'
import { readMeta } from './read-meta.ts'
import { readReplica } from './read-replica.ts'

type Options = { step: Step; clock: PageClock; newId: () => string; wallMs: () => number }

/** Creates the store's part in the exchange with the server. */
export function createExchange({ step, clock, newId, wallMs }: Options) {
  return {
    /**
     * Creates the next request to the server; answers to older ones are ignored from now on. `withdraws` is the number of
     * an op that is about to be taken out.
     */
    async nextRequest(limit?: number, withdraws?: number): Promise<SyncRequest> {
      const made: SyncRequest[] = []
      await step(async (tx, observe) => {
        const { outbox, ...replica } = await readReplica(tx, [])
        const meta = observe(replica.meta)
        const { request, change } = nextRequest({ meta, outbox }, { limit, withdraws, nowMs: wallMs() })
        clock.sending(request, meta)
        made.push(request)
        return change
      })
      const [request] = made
      if (request === undefined) throw new Error('No request was created.')
      return request
    },
    /**
     * Applies the server's answer to a request. An answer to an older attempt changes nothing, nor does one to a client that
     * this database no longer is: it counts its attempts from the start once it has been emptied.
     */
    async receive(response: SyncResponse, { clientId }: Pick<SyncRequest, 'clientId'>): Promise<void> {
      const received = clock.sampleClocks()
      await step(async (tx, observe) => {
        const stored = readMeta(await tx.objectStore('meta').get('meta'))
        if (stored.clientId !== clientId) return undefined
        const meta = observe(stored)
        const clockError = clock.errorIn(response, meta, received)
        const keys = listNeededRows(response, clockError, await tx.objectStore('outbox').getAll())
        const replica = { ...(await readReplica(tx, keys)), meta }
        return receiveResponse(replica, response, { nowMs: wallMs(), clockError, newClientId: newId })
      })
    },
    /**
     * Takes an op that the server refuses out of the queue; it then needs the person's attention. Returns false if the op
     * has changed meanwhile.
     */
    async removeRefused(
      op: Pick<PendingOp, 'seq' | 'stamp'>,
      rejection: Pick<RejectedOp, 'code' | 'reason'>,
    ) {
      const change = await step(async tx =>
        removeRefusedOp(await readReplica(tx, 'all'), op, { ...rejection, nowMs: wallMs() }),
      )
      return change !== undefined
    },
  }
}
