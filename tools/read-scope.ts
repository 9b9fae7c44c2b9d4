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
// libuv reads up to 2 MiB of each connection before it goes on, which takes about 5 ms to decode.
const TURN_BYTES = 131_072
const large = limitParallel(LIMITS.largeReads)

/** Runs a read of which a part is enough: `reportCut` collects in `cut` what its clients left out of the answers. */
export async function withReadScope<T>(read: (cut: Cut[]) => Promise<T>): Promise<T> {
  const scope: ReadScope = { cut: [], bytes: 0, permit: undefined, largeAnswers: limitParallel(1) }
  try {
    return await scopes.run(scope, () => read(scope.cut))
  } finally {
    void scope.permit?.then(release => release())
  }
}

/**
 * Reports what was left out of an answer. Outside of `withReadScope`, as before a write, a part is not enough to decide on:
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
 * Creates what counts the bytes of one answer as they come, for as long as `use` takes to read and parse it. A read that becomes
 * large waits until few enough others are, and its own large answers for one another, or they would not fit into memory together;
 * small reads wait for nobody. All answers of one read have a limit together: `too-large` RESPONSE_TOO_LARGE.
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
