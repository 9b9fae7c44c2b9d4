import { AsyncLocalStorage } from 'node:async_hooks'
import { ExpectedError } from '@goalixa/chassis/errors'
import { responseTooLarge } from '@goalixa/chassis/response-too-large'
import limitParallel from 'p-limit'
import type { Cut } from './evidence.ts'
import { LIMITS } from './limits.ts'

/** One recorded read, however many requests it takes. */
type ReadScope = { cut: Cut[]; bytes: number; permit: Promise<() => void> | undefined }

const scopes = new AsyncLocalStorage<ReadScope>()
const large = limitParallel(LIMITS.largeReads)

/** Runs a read of which a part is enough: `reportCut` collects in `cut` what its clients left out of the answers. */
export async function withReadScope<T>(read: (cut: Cut[]) => Promise<T>): Promise<T> {
  const scope: ReadScope = { cut: [], bytes: 0, permit: undefined }
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

/** Counts the bytes of an answer; throws `too-large` RESPONSE_TOO_LARGE once those of one read are too many together. */
export function countBytes(system: string, bytes: number): void {
  const scope = scopes.getStore()
  if (scope === undefined) return
  scope.bytes += bytes
  if (scope.bytes > LIMITS.readBytes) throw responseTooLarge(system, LIMITS.readBytes)
}

/**
 * A function that is told how many bytes of an answer have come, and that returns a promise where the rest has to wait: only a few
 * reads may be large at the same time, or their answers would not fit into memory. Small reads wait for nobody.
 */
export function createPace(signal: AbortSignal): (bytes: number) => Promise<void> | undefined {
  const scope = scopes.getStore()
  let isAdmitted = scope === undefined
  return bytes => {
    if (isAdmitted || scope === undefined || bytes < LIMITS.largeBytes) return undefined
    isAdmitted = true
    scope.permit ??= acquirePermit()
    return untilStopped(scope.permit, signal)
  }
}

function acquirePermit(): Promise<() => void> {
  return new Promise(acquired => {
    void large(() => new Promise<void>(release => acquired(release)))
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
