import type { Probe } from '@goalixa/emulators-shared/kubernetes/objects'
import { pause } from '@goalixa/emulators-shared/process/pause'
import type { ProbeAnswer } from './ask-probe.ts'

type Options = {
  probe: Probe
  ask: () => Promise<ProbeAnswer>
  /** What holds before the thresholds are reached: false for readiness and startup, true for liveness. */
  isOkAtFirst: boolean
  onChange: (isOk: boolean) => void
  onFailure: (says: string) => void
  signal: AbortSignal
  /** Milliseconds in a probe's second; smaller in tests. */
  secondMs?: number
}

/**
 * Asks a probe again and again until the signal: `onChange` when `successThreshold` or `failureThreshold` in a row are
 * reached, `onFailure` at each failed try.
 */
export async function watchProbe({
  probe,
  ask,
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
    const answer = await ask()
    if (signal.aborted) return
    if (!answer.isOk) onFailure(answer.says)
    inARow = answer.isOk === last ? inARow + 1 : 1
    last = answer.isOk
    const threshold = answer.isOk ? successThreshold : failureThreshold
    // Failing is told each time the threshold is reached, also where nothing has worked yet: a startup probe gives up so.
    const isNews = answer.isOk !== isOk || (!answer.isOk && inARow === threshold)
    if (inARow >= threshold && isNews) {
      isOk = answer.isOk
      onChange(isOk)
    }
    await pause(periodSeconds * secondMs - (performance.now() - startedAt), signal)
  }
}
