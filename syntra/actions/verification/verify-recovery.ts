import { setTimeout as wait } from 'node:timers/promises'
import type { Verification } from '@goalixa/agents/devops/proposal'
import type { VerificationView } from '../actions.schema.ts'
import type { ToolExecutor } from '../execution/tool-executor.ts'
import { checkRecoveryOnce } from './check-recovery-once.ts'
import { discountUnobservedTime } from './discount-unobserved-time.ts'
import { initialVerification } from './initial-verification.ts'

type Options = {
  verification: Verification
  /** What an earlier run left, if it was cut off: the window goes on, it does not start again. */
  before: VerificationView | null
  toolExecutor: Pick<ToolExecutor, 'read'>
  save: (view: VerificationView) => Promise<void>
  now: () => Date
  pollMs: number
  signal: AbortSignal
}

/** The last look, with its result. */
export type Watched = VerificationView & { result: NonNullable<VerificationView['result']> }

/**
 * Looks at the predicates again and again until it is known what came of it. Unknown counts as neither good nor bad. Time
 * in which nobody watched, because the worker had died, breaks a streak and does not count.
 */
export async function verifyRecovery(options: Options): Promise<Watched> {
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
    // A machine that was suspended, or a clock that was set, is a gap like a worker that had died.
    view = discountUnobservedTime(view, since, now(), pollMs)
  }
}

function isOver(view: VerificationView): view is Watched {
  return view.result !== null
}
