import { ExpectedError } from '@goalixa/chassis/errors'

/** Throws if the caller stopped: `unavailable` UPSTREAM_TIMEOUT where its deadline passed, so that it may try again. */
export function throwIfStopped(signal: AbortSignal, system: string): void {
  const { reason } = signal
  if (signal.aborted && reason instanceof DOMException && reason.name === 'TimeoutError')
    throw new ExpectedError('unavailable', 'UPSTREAM_TIMEOUT', `${system} did not answer in time.`)
  signal.throwIfAborted()
}
