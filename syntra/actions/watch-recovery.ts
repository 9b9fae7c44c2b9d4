import { setTimeout as wait } from 'node:timers/promises'
import type { Predicate, Verification } from '@goalixa/agents/devops/proposal'
import type { VerificationView } from './actions.schema.ts'
import { judgeLook } from './judge-look.ts'
import { readPredicate } from './read-predicate.ts'
import type { Toolbox } from './toolbox.ts'

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
  let view = options.before ?? begin(now())
  if (isOver(view)) return view
  view = withoutGap(view, view.lastAt === null ? now() : new Date(view.lastAt), now(), pollMs)
  for (;;) {
    view = await look(view)
    await save(view)
    if (isOver(view)) return view
    const since = now()
    await wait(pollMs, undefined, { signal })
    // A machine that was suspended, or a clock that was set, is a gap like a worker that had died.
    view = withoutGap(view, since, now(), pollMs)
  }

  async function look(last: VerificationView): Promise<VerificationView> {
    const once = readOnce(toolbox)
    const readAll = (list: Predicate[]) => Promise.all(list.map(one => readPredicate(one, once, signal)))
    const [recovered, worse, aside] = await Promise.all([
      readAll(verification.recovered),
      readAll(verification.worse),
      readAll(verification.aside),
    ])
    return judgeLook(last, { at: now(), recovered, worse, aside }, verification)
  }
}

function isOver(view: VerificationView): view is Watched {
  return view.result !== null
}

/** Predicates of one look see one state: the same read is made once. */
function readOnce({ read }: Options['toolbox']): Options['toolbox'] {
  const answers = new Map<string, Promise<unknown>>()
  return {
    read(tool, args, signal) {
      const key = JSON.stringify([tool, args])
      const answer = answers.get(key) ?? read(tool, args, signal)
      answers.set(key, answer)
      return answer
    },
  }
}

function withoutGap(view: VerificationView, since: Date, now: Date, pollMs: number): VerificationView {
  const gapMs = now.getTime() - since.getTime()
  if (gapMs >= 0 && gapMs <= 3 * pollMs) return view
  const startedAt = new Date(Date.parse(view.startedAt) + gapMs).toISOString()
  return { ...view, startedAt, holdsSince: null, worseSince: null, sameSince: null }
}

function begin(now: Date): VerificationView {
  return {
    startedAt: now.toISOString(),
    lastAt: null,
    holdsSince: null,
    worseSince: null,
    sameSince: null,
    readings: [],
    result: null,
  }
}
