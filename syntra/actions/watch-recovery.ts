import { setTimeout as wait } from 'node:timers/promises'
import type { Verification } from '@goalixa/agents/devops/proposal'
import type { VerificationResult } from '@goalixa/agents/graphs/ports'
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

/**
 * Watches the predicates until all of `recovered` held for `forSeconds` without a break, one of `worse` did, or
 * `withinSeconds` are over while they do not hold. Unknown counts as neither good nor bad. Time in which nobody watched, because the worker had
 * died, breaks a streak and does not count.
 */
export async function watchRecovery(options: Options): Promise<VerificationResult> {
  const { verification, toolbox, save, now, pollMs, signal } = options
  let view = options.before ?? begin(now())
  if (view.result) return view.result
  view = withoutGap(view, now(), pollMs)
  for (;;) {
    view = await look(view)
    await save(view)
    if (view.result) return view.result
    await wait(pollMs, undefined, { signal })
  }

  async function look(last: VerificationView): Promise<VerificationView> {
    const { recovered, worse, forSeconds, withinSeconds } = verification
    const [good, bad] = await Promise.all(
      [recovered, worse].map(list => Promise.all(list.map(one => readPredicate(one, toolbox, signal)))),
    )
    const at = now()
    const isGood = good?.every(({ holds }) => holds === true) ?? false
    const isBad = bad?.some(({ holds }) => holds === true) ?? false
    const holdsSince = isGood && !isBad ? (last.holdsSince ?? at.toISOString()) : null
    const worseSince = isBad ? (last.worseSince ?? at.toISOString()) : null
    const lasted = (since: string | null) =>
      since !== null && at.getTime() - Date.parse(since) >= forSeconds * 1000
    const isOver = at.getTime() - Date.parse(last.startedAt) >= withinSeconds * 1000
    // What has just recovered may still show that it holds: the window ends, a running streak does not.
    const isWaitingInVain = isOver && holdsSince === null
    let result: VerificationView['result'] = isWaitingInVain ? endOf(good ?? []) : null
    if (lasted(worseSince)) result = 'worse'
    else if (lasted(holdsSince)) result = 'recovered'
    return {
      startedAt: last.startedAt,
      lastAt: at.toISOString(),
      holdsSince,
      worseSince,
      readings: [...(good ?? []), ...(bad ?? [])],
      result,
    }
  }
}

function withoutGap(view: VerificationView, now: Date, pollMs: number): VerificationView {
  const gapMs = view.lastAt === null ? 0 : now.getTime() - Date.parse(view.lastAt)
  if (gapMs <= 3 * pollMs) return view
  const startedAt = new Date(Date.parse(view.startedAt) + gapMs).toISOString()
  return { ...view, startedAt, holdsSince: null, worseSince: null }
}

function endOf(recovered: Reading[]): 'no-effect' | 'unknown' {
  const isUnread =
    recovered.every(({ holds }) => holds !== false) && recovered.some(({ holds }) => holds === null)
  return isUnread ? 'unknown' : 'no-effect'
}

function begin(now: Date): VerificationView {
  return {
    startedAt: now.toISOString(),
    lastAt: null,
    holdsSince: null,
    worseSince: null,
    readings: [],
    result: null,
  }
}
