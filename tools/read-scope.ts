import { AsyncLocalStorage } from 'node:async_hooks'
import type { Backpressure } from '@goalixa/chassis/backpressure'
import { ExpectedError } from '@goalixa/chassis/errors'
import { responseTooLarge } from '@goalixa/chassis/response-too-large'
import limitParallel, { type LimitFunction } from 'p-limit'
import type { Cut } from './evidence.ts'
import { createLargeReadPlaces, type LargeRead } from './large-read-places.ts'
import { LIMITS } from './limits.ts'
import { nextChunk, runInSlices, type Steps } from './slices/run-in-slices.ts'

/** One recorded read, however many requests it takes. */
type ReadScope = {
  cut: Cut[]
  bytes: number
  /** How much of it is being processed at the moment. */
  processing: number
  place: { read: LargeRead; free: Promise<() => void> } | undefined
  largeAnswers: LimitFunction
  stop: AbortController
}

const scopes = new AsyncLocalStorage<ReadScope>()
// libuv reads up to 2 MiB from one connection before it turns to the next, which takes about 5 ms to decode.
const TURN_BYTES = 131_072
const places = createLargeReadPlaces()

/**
 * Runs a read for which a partial result is acceptable: `reportCut` collects in `cut` what its clients left out of responses.
 * Rejects as soon as the signal is aborted, even if the read ignores it, and with `unavailable` RESPONSE_TOO_SLOW if it
 * keeps others waiting.
 */
export async function withReadScope<T>(
  callerSignal: AbortSignal,
  read: (cut: Cut[], signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const stop = new AbortController()
  const signal = AbortSignal.any([callerSignal, stop.signal])
  const scope: ReadScope = {
    cut: [],
    bytes: 0,
    processing: 0,
    place: undefined,
    largeAnswers: limitParallel(1),
    stop,
  }
  try {
    return await untilStopped(
      scopes.run(scope, () => read(scope.cut, signal)),
      signal,
    )
  } finally {
    if (scope.place !== undefined) {
      places.leave(scope.place.read)
      void scope.place.free.then(free => free())
    }
  }
}

/**
 * Reports what was left out of a response. Outside `withReadScope`, for example before a write, a partial result is not acceptable:
 * throws `too-large` RESPONSE_TOO_LARGE.
 */
export function reportCut(system: string, cut: Cut[]): void {
  const [first] = cut
  if (first === undefined) return
  const scope = scopes.getStore()
  if (scope !== undefined) {
    scope.cut.push(...cut)
    return
  }
  const { path, unit, kept, total } = first
  throw new ExpectedError(
    'too-large',
    'RESPONSE_TOO_LARGE',
    `${system} sent more than can be read whole: ${path || 'the answer'} has ${total} ${unit}, expected at most ${kept}.`,
  )
}

/** The same for items that could not be read. Outside `withReadScope` throws `unavailable` UPSTREAM_GARBLED. */
export function reportUnreadable(system: string, cut: Cut[]): void {
  const [first] = cut
  if (first === undefined) return
  if (scopes.getStore() !== undefined) {
    reportCut(system, cut)
    return
  }
  throw new ExpectedError(
    'unavailable',
    'UPSTREAM_GARBLED',
    `${system} sent an unexpected answer: ${first.note ?? `${first.path} is unreadable`}`,
  )
}

/** Runs steps in slices; meanwhile, the read that they belong to does not count as slow. */
export async function processInSlices<T>(steps: Steps<T>, signal?: AbortSignal): Promise<T> {
  const scope = scopes.getStore()
  return scope === undefined ? runInSlices(steps, signal) : processed(scope, runInSlices(steps, signal))
}

/**
 * Counts the bytes of one response as they arrive, while `use` reads and parses it. A read that becomes
 * large waits for a place, and its own large responses are read one after the other, so that they fit into memory together;
 * small reads never wait. Rejects with `too-large` RESPONSE_TOO_LARGE if all responses of the read together exceed their limit.
 */
export async function withBackpressure<T>(
  system: string,
  signal: AbortSignal,
  use: (backpressure: Backpressure | undefined) => Promise<T>,
): Promise<T> {
  const scope = scopes.getStore()
  if (scope === undefined) return use(undefined)
  let bytes = 0
  let bytesInTurn = 0
  let turn: Promise<() => void> | undefined
  try {
    return await use(count => {
      bytes += count
      scope.bytes += count
      if (scope.bytes > LIMITS.readBytes) return Promise.reject(responseTooLarge(system, LIMITS.readBytes))
      if (scope.bytes >= LIMITS.largeBytes && turn === undefined) {
        const { free } = takePlace(scope, system)
        if (bytes < LIMITS.largeBytes) return untilStopped(free, signal).then(ignore)
        turn = acquire(scope.largeAnswers)
        return untilStopped(Promise.all([free, turn]), signal).then(ignore)
      }
      bytesInTurn += count
      if (bytesInTurn < TURN_BYTES) return undefined
      bytesInTurn = 0
      return processed(scope, nextChunk())
    })
  } finally {
    void turn?.then(release => release())
  }
}

function takePlace(scope: ReadScope, system: string): NonNullable<ReadScope['place']> {
  if (scope.place !== undefined) return scope.place
  const read: LargeRead = {
    system,
    bytes: () => scope.bytes,
    isProcessed: () => scope.processing > 0,
    evict: () =>
      scope.stop.abort(
        new ExpectedError(
          'unavailable',
          'RESPONSE_TOO_SLOW',
          `${system} sent a large response so slowly that others had to wait; expected at least ${LIMITS.slowBytes} bytes in two seconds.`,
        ),
      ),
  }
  scope.place = { read, free: places.acquire(read) }
  return scope.place
}

async function processed<T>(scope: ReadScope, work: Promise<T>): Promise<T> {
  scope.processing += 1
  try {
    return await work
  } finally {
    scope.processing -= 1
  }
}

function acquire(limit: LimitFunction): Promise<() => void> {
  return new Promise(acquired => {
    void limit(() => new Promise<void>(release => acquired(release)))
  })
}

/** The same promise, but rejects with the signal's reason once it is aborted. */
function untilStopped<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason)
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}

function ignore(): undefined {
  return undefined
}
