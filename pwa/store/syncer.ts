import type { SyncRequest, SyncResponse } from '@goalixa/core/sync/sync.schema'
import { createBatchLimit } from '../sync/batch-limit.ts'
import { isTooLarge, MAX_REQUEST_OPS } from '../sync/next-request.ts'
import type { Store } from './open-store.ts'

/** The server's answer to one request. */
export type SyncResult =
  | { kind: 'ok'; response: SyncResponse }
  | { kind: 'signed-out' }
  /** The server is unreachable or unable to answer now. */
  | { kind: 'unavailable' }
  /** The server cannot take what the request carries: it may take the request without one of its ops. */
  | { kind: 'unprocessable'; code: string; reason: string }
  /** The request was rejected for another reason, perhaps not by the server: no op is to blame. */
  | { kind: 'rejected'; reason: string }

/** Says that a request is too large, whoever says it. */
export const TOO_LARGE = {
  kind: 'unprocessable',
  code: 'TOO_LARGE',
  reason: 'The change is larger than the server accepts.',
} as const satisfies SyncResult

export type SyncState = 'idle' | 'syncing' | 'offline' | 'rejected' | 'signed-out'

type Options = {
  store: Pick<Store, 'nextRequest' | 'receive' | 'removeRefused' | 'outbox'>
  send: (request: SyncRequest, signal: AbortSignal) => Promise<SyncResult>
  /** Runs one at a time among all tabs of this profile, until `signal` aborts. */
  exclusively: (run: (signal: AbortSignal) => Promise<void>) => Promise<void>
  /** A number between 0 and 1 as jitter, so that devices do not all reconnect at once after an outage. */
  random: () => number
  onState: (state: SyncState) => void
}

const FIRST_BACKOFF_MS = 1_000
const MAX_BACKOFF_MS = 60_000
/** Answers in a row without progress. One skew or gap is normal; more will not resolve without a pause. */
const MAX_FRUITLESS_EXCHANGES = 5

/** Creates the syncer, which exchanges ops and rows with the server until none are left, with backoff after failures. */
export function createSyncer({ store, send, exclusively, random, onState }: Options) {
  const stopping = new AbortController()
  let running: Promise<void> | undefined
  let isRequestedAgain = false
  let failures = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let state: SyncState = 'idle'
  let rejectionReason: string | null = null
  // After a request without an answer the next one carries half: a slow network may not get all of it through in time.
  let patientOps = MAX_REQUEST_OPS

  function setState(next: SyncState) {
    if (next === state) return
    state = next
    onState(next)
  }

  async function run() {
    do {
      isRequestedAgain = false
      await exclusively(signal => exchangeAll(AbortSignal.any([stopping.signal, signal])))
    } while (isRequestedAgain && state === 'idle' && !stopping.signal.aborted)
  }

  async function exchangeAll(signal: AbortSignal) {
    const limit = createBatchLimit()
    for (let isMore = true; isMore && !signal.aborted; ) {
      setState('syncing')
      const request = await store.nextRequest(Math.min(limit.ops(), patientOps))
      const answer = isTooLarge(request) ? TOO_LARGE : await send(request, signal)
      if (signal.aborted) return
      if (answer.kind === 'unprocessable' && request.ops.length > 0) {
        if (!limit.narrow(request)) continue
        const failure = await removeRefused(request, answer, signal)
        if (signal.aborted) return
        if (failure !== undefined) return fail(failure)
        if (failures >= MAX_FRUITLESS_EXCHANGES) return fail({ kind: 'unavailable' })
        limit.reset()
        continue
      }
      if (answer.kind === 'unavailable') patientOps = Math.max(1, Math.ceil(request.ops.length / 2))
      if (answer.kind !== 'ok') return fail(answer)
      patientOps = Math.min(2 * patientOps, MAX_REQUEST_OPS)
      await store.receive(answer.response, request)
      limit.accepted(request)
      failures = isProgress(request, answer.response) ? 0 : failures + 1
      if (failures >= MAX_FRUITLESS_EXCHANGES) return fail({ kind: 'unavailable' })
      isMore = answer.response.more || store.outbox().length > 0
    }
    if (!signal.aborted) setState('idle')
  }

  // Only if the same request is taken without the op: a request that is refused either way says nothing about the op. Its
  // answer also tells whether an earlier attempt has reached the server, and none can reach it afterwards.
  async function removeRefused(
    { ops: [op] }: SyncRequest,
    { code, reason }: { code: string; reason: string },
    signal: AbortSignal,
  ) {
    const request = await store.nextRequest(0, op?.seq)
    const answer = await send(request, signal)
    if (answer.kind !== 'ok' || op === undefined) return answer
    await store.receive(answer.response, request)
    const isRemoved = await store.removeRefused(op, { code, reason })
    failures = isRemoved || answer.response.acks.includes(op.seq) ? 0 : failures + 1
    return undefined
  }

  function fail(answer: SyncResult) {
    if (stopping.signal.aborted) return
    if (answer.kind === 'signed-out') return setState('signed-out')
    const isRejected = answer.kind === 'rejected' || answer.kind === 'unprocessable'
    failures += 1
    rejectionReason = isRejected ? answer.reason : null
    setState(isRejected ? 'rejected' : 'offline')
    const waitMs = Math.min(FIRST_BACKOFF_MS * 2 ** (failures - 1), MAX_BACKOFF_MS) * (0.5 + random() / 2)
    clearTimeout(timer)
    timer = setTimeout(syncSoon, waitMs)
  }

  function syncSoon() {
    clearTimeout(timer)
    void syncNow()
  }

  /** Starts an exchange, or makes the current one run once more. Resolves when it has ended. */
  function syncNow(): Promise<void> {
    if (stopping.signal.aborted) return Promise.resolve()
    isRequestedAgain = true
    running ??= run()
      .catch(() => fail({ kind: 'unavailable' }))
      .finally(() => {
        running = undefined
      })
    return running
  }

  return {
    syncNow,
    state: () => state,
    /** Why the server rejected the last exchange, for people; null if it did not. */
    rejectionReason: () => (state === 'rejected' ? rejectionReason : null),
    /** Resets the backoff and retries at once: the network or the person is back. */
    wake() {
      failures = 0
      return syncNow()
    },
    stop() {
      stopping.abort()
      clearTimeout(timer)
    },
  }
}

function isProgress(
  { ops, cursor }: SyncRequest,
  { error, acks, more, cursor: reached }: SyncResponse,
): boolean {
  const isTaken = ops.length === 0 || acks.length > 0
  return error === null && isTaken && (!more || reached > cursor)
}
