import { setTimeout as wait } from 'node:timers/promises'
import type { Verification } from '@goalixa/agents/devops/proposal'
import type { Reading, VerificationView } from './actions.schema.ts'
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
 * Watches the predicates until all of `recovered` held for `forSeconds` without a break, one of `worse` did, or
 * `withinSeconds` are over and it has been no better, or not to be read, for as long: one bad look at the end does not undo
 * what helped. What goes to and fro is given up after twice the time. Unknown counts as neither good nor bad. Time in which
 * nobody watched, because the worker had died, breaks a streak and does not count.
 */
export async function watchRecovery(options: Options): Promise<Watched> {
  const { verification, toolbox, save, now, pollMs, signal } = options
  let view = options.before ?? begin(now())
  if (isOver(view)) return view
  view = withoutGap(view, now(), pollMs)
  for (;;) {
    view = await look(view)
    await save(view)
    if (isOver(view)) return view
    await wait(pollMs, undefined, { signal })
  }

  async function look(last: VerificationView): Promise<VerificationView> {
    const { recovered, worse, aside, forSeconds, withinSeconds } = verification
    const once = readOnce(toolbox)
    const [good, bad, beside] = await Promise.all(
      [recovered, worse, aside].map(list => Promise.all(list.map(one => readPredicate(one, once, signal)))),
    )
    const at = now()
    const state = stateOf(good ?? [])
    const isBad = bad?.some(({ holds }) => holds === true) ?? false
    const isSame = state === stateOf(last.readings.slice(0, recovered.length))
    const since = (isSo: boolean, before: string | null) => (isSo ? (before ?? at.toISOString()) : null)
    const holdsSince = since(state === 'good' && !isBad, last.holdsSince)
    const worseSince = since(isBad, last.worseSince)
    const sameSince = since(true, isSame ? last.sameSince : null)
    const secondsOf = (from: string | null) => (from === null ? -1 : (at.getTime() - Date.parse(from)) / 1000)
    const watched = secondsOf(last.startedAt)
    // What has just recovered may still show that it holds: the window ends, a running streak does not.
    const isInVain =
      holdsSince === null &&
      watched >= withinSeconds &&
      (secondsOf(sameSince) >= forSeconds || watched >= 2 * withinSeconds)
    let result: VerificationView['result'] = null
    if (isInVain) result = state === 'blind' ? 'unknown' : 'no-effect'
    if (secondsOf(holdsSince) >= forSeconds) result = 'recovered'
    if (secondsOf(worseSince) >= forSeconds) result = 'worse'
    return {
      startedAt: last.startedAt,
      lastAt: at.toISOString(),
      holdsSince,
      worseSince,
      sameSince,
      readings: [...(good ?? []), ...(bad ?? []), ...(beside ?? [])],
      result,
    }
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

function withoutGap(view: VerificationView, now: Date, pollMs: number): VerificationView {
  const gapMs = view.lastAt === null ? 0 : now.getTime() - Date.parse(view.lastAt)
  if (gapMs <= 3 * pollMs) return view
  const startedAt = new Date(Date.parse(view.startedAt) + gapMs).toISOString()
  return { ...view, startedAt, holdsSince: null, worseSince: null, sameSince: null }
}

/** `blind`: nothing that was read speaks against a recovery, and not everything was read. */
function stateOf(recovered: Reading[]): 'good' | 'bad' | 'blind' {
  if (recovered.some(({ holds }) => holds === false)) return 'bad'
  return recovered.every(({ holds }) => holds === true) ? 'good' : 'blind'
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
