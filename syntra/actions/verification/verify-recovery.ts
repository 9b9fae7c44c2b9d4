import { setTimeout as wait } from 'node:timers/promises'
import type { Verification } from '@goalixa/agents/devops/proposal'
import type { VerificationView } from '../actions.schema.ts'
import { beginWatching } from './initial-verification.ts'
import { lookAtRecovery } from './check-recovery-once.ts'
import type { Toolbox } from '../execution/tool-executor.ts'
import { withoutGap } from './discount-unobserved-time.ts'

type Options = {
  verification: Verification
  /** What an earlier run left, if it was cut off: the window goes on, it does not start again. */
  before: VerificationView | null
  toolbox: Pick<Toolbox, 'read'>
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
export async function watchRecovery(options: Options): Promise<Watched> {
  const { verification, toolbox, save, now, pollMs, signal } = options
  let view = options.before ?? beginWatching(now())
  if (isOver(view)) return view
  view = withoutGap(view, view.lastAt === null ? now() : new Date(view.lastAt), now(), pollMs)
  for (;;) {
    view = await lookAtRecovery(view, { verification, toolbox, now, signal })
    await save(view)
    if (isOver(view)) return view
    const since = now()
    await wait(pollMs, undefined, { signal })
    // A machine that was suspended, or a clock that was set, is a gap like a worker that had died.
    view = withoutGap(view, since, now(), pollMs)
  }
}

function isOver(view: VerificationView): view is Watched {
  return view.result !== null
}
