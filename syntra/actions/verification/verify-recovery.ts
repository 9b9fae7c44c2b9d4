import type { Verification } from '@goalixa/agents/devops/proposal'
import { elapsedBetween, type ReadClocks } from '../../clock/observation-clock.ts'
import type { VerificationView } from '../actions.schema.ts'
import type { ToolExecutor } from '../execution/tool-executor.ts'
import { breakStreaks } from './break-streaks.ts'
import { checkRecoveryOnce } from './check-recovery-once.ts'
import { initialVerification } from './initial-verification.ts'

type Options = {
  verification: Verification
  /** The verification of an interrupted run: its window continues instead of starting again. */
  before: VerificationView | null
  toolExecutor: Pick<ToolExecutor, 'read'>
  save: (view: VerificationView) => Promise<void>
  /** For the times that people are shown. */
  now: () => Date
  /** For durations. */
  readClocks: ReadClocks
  pause: (ms: number, signal: AbortSignal) => Promise<void>
  pollMs: number
  checkDeadlineMs: number
  signal: AbortSignal
}

// Allows for the time that it takes to store a check.
const MIN_GAP_MS = 1_000

/** The verification after its last check. */
export type FinishedVerification = VerificationView & { result: NonNullable<VerificationView['result']> }

/**
 * Checks the predicates repeatedly until there is a result. Time without checks, because the worker died or was suspended or the
 * machine slept, between two checks or during one, breaks a streak and does not count. Nor does the time until another
 * worker takes over: two workers' clocks cannot tell how long that was.
 */
export async function verifyRecovery(options: Options): Promise<FinishedVerification> {
  const {
    verification,
    before,
    toolExecutor,
    save,
    now,
    readClocks,
    pause,
    pollMs,
    checkDeadlineMs,
    signal,
  } = options
  let view = before ?? initialVerification(now())
  if (isOver(view)) return view
  view = breakStreaks(view)
  let observedMs = 0
  for (;;) {
    view = await checkRecoveryOnce(view, {
      verification,
      toolExecutor,
      observedMs,
      checkDeadlineMs,
      now,
      readClocks,
      signal,
    })
    const checked = readClocks()
    await save(view)
    if (isOver(view)) return view
    await pause(pollMs, signal)
    const sinceChecked = elapsedBetween(checked, readClocks())
    const isGap = sinceChecked.longestMs > Math.max(3 * pollMs, MIN_GAP_MS)
    if (isGap) view = breakStreaks(view)
    observedMs = isGap ? 0 : sinceChecked.observedMs
  }
}

function isOver(view: VerificationView): view is FinishedVerification {
  return view.result !== null
}
