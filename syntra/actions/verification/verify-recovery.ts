import { setTimeout as wait } from 'node:timers/promises'
import type { Verification } from '@goalixa/agents/devops/proposal'
import type { VerificationView } from '../actions.schema.ts'
import type { ToolExecutor } from '../execution/tool-executor.ts'
import { checkRecoveryOnce } from './check-recovery-once.ts'
import { discountUnobservedTime } from './discount-unobserved-time.ts'
import { initialVerification } from './initial-verification.ts'

type Options = {
  verification: Verification
  /** The verification of an interrupted run: its window continues instead of starting again. */
  before: VerificationView | null
  toolExecutor: Pick<ToolExecutor, 'read'>
  save: (view: VerificationView) => Promise<void>
  now: () => Date
  pollMs: number
  signal: AbortSignal
}

/** The verification after its last check. */
export type FinishedVerification = VerificationView & { result: NonNullable<VerificationView['result']> }

/**
 * Checks the predicates repeatedly until there is a result. Time without checks, for example because the worker died, breaks a
 * streak and does not count.
 */
export async function verifyRecovery(options: Options): Promise<FinishedVerification> {
  const { verification, toolExecutor, save, now, pollMs, signal } = options
  let view = options.before ?? initialVerification(now())
  if (isOver(view)) return view
  view = discountUnobservedTime(view, view.lastAt === null ? now() : new Date(view.lastAt), now(), pollMs)
  for (;;) {
    view = await checkRecoveryOnce(view, { verification, toolExecutor, now, signal })
    await save(view)
    if (isOver(view)) return view
    const since = now()
    await wait(pollMs, undefined, { signal })
    // A suspended machine or a changed clock is a gap like a dead worker.
    view = discountUnobservedTime(view, since, now(), pollMs)
  }
}

function isOver(view: VerificationView): view is FinishedVerification {
  return view.result !== null
}
