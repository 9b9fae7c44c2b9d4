import { AsyncLocalStorage } from 'node:async_hooks'
import { ExpectedError } from '@goalixa/chassis/errors'
import type { Pace } from '@goalixa/chassis/pace'
import { responseTooLarge } from '@goalixa/chassis/response-too-large'
import limitParallel, { type LimitFunction } from 'p-limit'
import type { Cut } from './evidence.ts'
import { LIMITS } from './limits.ts'
import { nextChunk } from './slices/run-in-slices.ts'

/** One recorded read, however many requests it takes. */
type ReadScope = {
  cut: Cut[]
  bytes: number
  permit: Promise<() => void> | undefined
  largeAnswers: LimitFunction
}

const scopes = new AsyncLocalStorage<ReadScope>()
// libuv reads up to 2 MiB from one connection before it turns to the next, which takes about 5 ms to decode.
const TURN_BYTES = 131_072
const large = limitParallel(LIMITS.largeReads)

/** Runs a read for which a partial result is acceptable: `reportCut` collects in `cut` what its clients left out of responses. */
export async function withReadScope<T>(read: (cut: Cut[]) => Promise<T>): Promise<T> {
  const scope: ReadScope = { cut: [], bytes: 0, permit: undefined, largeAnswers: limitParallel(1) }
  try {
    return await scopes.run(scope, () => read(scope.cut))
  } finally {
    void scope.permit?.then(release => release())
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

/**
 * Counts the bytes of one response as they arrive, while `use` reads and parses it. A read that becomes
 * large waits until few enough others are large, and its own large responses are read one after the other, so that they fit into memory together;
 * small reads never wait. Rejects with `too-large` RESPONSE_TOO_LARGE if all responses of the read together exceed their limit.
 */
export async function withPace<T>(
  system: string,
  signal: AbortSignal,
  use: (pace: Pace | undefined) => Promise<T>,
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
        scope.permit ??= acquire(large)
        if (bytes < LIMITS.largeBytes) return untilStopped(scope.permit, signal)
        turn = acquire(scope.largeAnswers)
        return untilStopped(Promise.all([scope.permit, turn]), signal)
      }
      bytesInTurn += count
      if (bytesInTurn < TURN_BYTES) return undefined
      bytesInTurn = 0
      return nextChunk()
    })
  } finally {
    void turn?.then(release => release())
  }
}

function acquire(limit: LimitFunction): Promise<() => void> {
  return new Promise(acquired => {
    void limit(() => new Promise<void>(release => acquired(release)))
  })
}

function untilStopped(permit: Promise<unknown>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason)
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    void permit.then(() => {
      signal.removeEventListener('abort', stop)
      resolve()
    })
  })
}
