import type { Probe } from '@goalixa/emulators-shared/kubernetes/objects'
import { pause } from '@goalixa/emulators-shared/process/pause'
import type { ProbeResult } from './run-probe.ts'

type Options = {
  probe: Probe
  ask: () => Promise<ProbeResult>
  /** The result before a threshold is reached: false for readiness and startup, true for liveness. */
  isOkAtFirst: boolean
  onChange: (isOk: boolean) => void
  onFailure: (message: string) => void
  signal: AbortSignal
  /** The length of a second of the probe in milliseconds; shorter in tests. */
  secondMs?: number
}

/**
 * Runs a probe periodically until the signal is aborted. Calls `onChange` after `successThreshold` or
 * `failureThreshold` consecutive results, and `onFailure` for each failure.
 */
export async function watchProbe({
  probe,
  ask: run,
  isOkAtFirst,
  onChange,
  onFailure,
  signal,
  secondMs = 1_000,
}: Options) {
  const { initialDelaySeconds = 0, periodSeconds = 10, successThreshold = 1, failureThreshold = 3 } = probe
  let isOk = isOkAtFirst
  let inARow = 0
  let last: boolean | undefined
  await pause(initialDelaySeconds * secondMs, signal)
  while (!signal.aborted) {
    const startedAt = performance.now()
    const answer = await run()
    if (signal.aborted) return
    if (!answer.isOk) onFailure(answer.message)
    inARow = answer.isOk === last ? inARow + 1 : 1
    last = answer.isOk
    const threshold = answer.isOk ? successThreshold : failureThreshold
    // A failure is reported each time the threshold is reached, even if no probe has succeeded yet: that is how a
    // startup probe fails.
    const isTransition = answer.isOk !== isOk || (!answer.isOk && inARow === threshold)
    if (inARow >= threshold && isTransition) {
      isOk = answer.isOk
      onChange(isOk)
    }
    await pause(periodSeconds * secondMs - (performance.now() - startedAt), signal)
  }
}
