import type { SyncRequest, SyncResponse } from '@goalixa/core/sync/sync.schema'
import type { Store } from './open-store.ts'

/** The server's answer to one request. */
export type SyncResult =
  | { kind: 'ok'; response: SyncResponse }
  | { kind: 'signed-out' }
  /** The server is unreachable or unable to answer now. */
  | { kind: 'unavailable' }
  /** The server rejected the request: an immediate retry will not help. */
  | { kind: 'rejected'; reason: string }

export type SyncState = 'idle' | 'syncing' | 'offline' | 'rejected' | 'signed-out'

type Options = {
  store: Pick<Store, 'nextRequest' | 'receive' | 'outbox'>
  send: (request: SyncRequest, signal: AbortSignal) => Promise<SyncResult>
  /** Runs one at a time among all tabs of this profile. */
  exclusively: (run: () => Promise<void>) => Promise<void>
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

  function setState(next: SyncState) {
    if (next === state) return
    state = next
    onState(next)
  }

  async function run() {
    do {
      isRequestedAgain = false
      await exclusively(exchangeAll)
    } while (isRequestedAgain && state === 'idle' && !stopping.signal.aborted)
  }

  async function exchangeAll() {
    for (let isMore = true; isMore && !stopping.signal.aborted; ) {
      setState('syncing')
      const request = await store.nextRequest()
      const answer = await send(request, stopping.signal)
      if (stopping.signal.aborted) return
      if (answer.kind !== 'ok') return fail(answer)
      await store.receive(answer.response)
      failures = isProgress(request, answer.response) ? 0 : failures + 1
      if (failures >= MAX_FRUITLESS_EXCHANGES) return fail({ kind: 'unavailable' })
      isMore = answer.response.more || store.outbox().length > 0
    }
    setState('idle')
  }

  function fail(answer: Exclude<SyncResult, { kind: 'ok' }>) {
    if (stopping.signal.aborted) return
    if (answer.kind === 'signed-out') return setState('signed-out')
    failures += 1
    rejectionReason = answer.kind === 'rejected' ? answer.reason : null
    setState(answer.kind === 'rejected' ? 'rejected' : 'offline')
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
