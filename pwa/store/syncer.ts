import type { SyncRequest, SyncResponse } from '@goalixa/core/sync/sync.schema'
import type { Store } from './open-store.ts'

/** What the server said to one request. */
export type Answer =
  | { kind: 'ok'; response: SyncResponse }
  | { kind: 'signed-out' }
  /** The server can not be reached or can not answer now. */
  | { kind: 'unavailable' }
  /** The server understands and refuses: trying again at once will not help. */
  | { kind: 'refused'; reason: string }

export type SyncState = 'idle' | 'syncing' | 'offline' | 'refused' | 'signed-out'

type Options = {
  store: Pick<Store, 'nextRequest' | 'receive' | 'outbox'>
  send: (request: SyncRequest, signal: AbortSignal) => Promise<Answer>
  /** Runs one at a time among all tabs of this profile. */
  exclusively: (run: () => Promise<void>) => Promise<void>
  /** Between 0 and 1, so that devices that lost the same server do not all come back at once. */
  random: () => number
  onState: (state: SyncState) => void
}

const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 60_000
/** Answers in a row that bring nothing forward; a skew or a gap is normal, more means that it does not get better. */
const PATIENCE = 5

/** Moves ops to the server and rows back, until there is nothing left; on failure again, later and later. */
export function createSyncer({ store, send, exclusively, random, onState }: Options) {
  const stopping = new AbortController()
  let running: Promise<void> | undefined
  let isAskedAgain = false
  let failures = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let state: SyncState = 'idle'
  let refusal: string | null = null

  function become(next: SyncState) {
    if (next === state) return
    state = next
    onState(next)
  }

  async function run() {
    do {
      isAskedAgain = false
      await exclusively(exchangeAll)
    } while (isAskedAgain && state === 'idle' && !stopping.signal.aborted)
  }

  async function exchangeAll() {
    for (let isMore = true; isMore && !stopping.signal.aborted; ) {
      become('syncing')
      const request = await store.nextRequest()
      const answer = await send(request, stopping.signal)
      if (stopping.signal.aborted) return
      if (answer.kind !== 'ok') return give(answer)
      await store.receive(answer.response)
      failures = isProgress(request, answer.response) ? 0 : failures + 1
      if (failures >= PATIENCE) return give({ kind: 'unavailable' })
      isMore = answer.response.more || store.outbox().length > 0
    }
    become('idle')
  }

  function give(answer: Exclude<Answer, { kind: 'ok' }>) {
    if (stopping.signal.aborted) return
    if (answer.kind === 'signed-out') return become('signed-out')
    failures += 1
    refusal = answer.kind === 'refused' ? answer.reason : null
    become(answer.kind === 'refused' ? 'refused' : 'offline')
    const waitMs = Math.min(FIRST_WAIT_MS * 2 ** (failures - 1), LONGEST_WAIT_MS) * (0.5 + random() / 2)
    clearTimeout(timer)
    timer = setTimeout(syncSoon, waitMs)
  }

  function syncSoon() {
    clearTimeout(timer)
    void syncNow()
  }

  /** Starts an exchange, or has the current one look again before it ends. Resolves when it has ended. */
  function syncNow(): Promise<void> {
    if (stopping.signal.aborted) return Promise.resolve()
    isAskedAgain = true
    running ??= run()
      .catch(() => give({ kind: 'unavailable' }))
      .finally(() => {
        running = undefined
      })
    return running
  }

  return {
    syncNow,
    state: () => state,
    /** Why the server refused the last exchange, in words for people; null if it did not. */
    refusal: () => (state === 'refused' ? refusal : null),
    /** Forgets how often it failed and tries at once: the network is back or the person came back. */
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
export type Syncer = ReturnType<typeof createSyncer>

function isProgress(
  { ops, cursor }: SyncRequest,
  { error, acks, more, cursor: reached }: SyncResponse,
): boolean {
  const isTaken = ops.length === 0 || acks.length > 0
  return error === null && isTaken && (!more || reached > cursor)
}
