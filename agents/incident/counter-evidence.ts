import { atItsMost } from './arguments/at-its-most.ts'
import { bearsTheLoad } from './arguments/bears-the-load.ts'
import { callsNotMeasured } from './arguments/calls-not-measured.ts'
import { changeFits } from './arguments/change-fits.ts'
import { coverage } from './arguments/coverage.ts'
import type { Context, Judgement, Sided } from './arguments/judgement.ts'
import { logAgrees } from './arguments/log-agrees.ts'
import { notAllRead } from './arguments/not-all-read.ts'
import { oldPods } from './arguments/old-pods.ts'
import { onsetOrder } from './arguments/onset-order.ts'
import { ownWord } from './arguments/own-word.ts'
import { putBack } from './arguments/put-back.ts'
import { reachesAlert } from './arguments/reaches-alert.ts'
import { releasedBeforeIt } from './arguments/released-before-it.ts'
import { rival } from './arguments/rival.ts'
import { sameElsewhere } from './arguments/same-elsewhere.ts'
import { servedWellFirst } from './arguments/served-well-first.ts'
import { siblings } from './arguments/siblings.ts'
import { whoReachesIt } from './arguments/who-reaches-it.ts'
import type { Argument } from './verdict.ts'

const JUDGEMENTS: Judgement[] = [
  ownWord,
  logAgrees,
  changeFits,
  oldPods,
  siblings,
  whoReachesIt,
  releasedBeforeIt,
  bearsTheLoad,
  atItsMost,
  sameElsewhere,
  servedWellFirst,
  onsetOrder,
  reachesAlert,
  coverage,
  rival,
  notAllRead,
  callsNotMeasured,
  putBack,
]

/** What speaks for and against a root being the cause, each with what was read to know it. */
export function counterEvidence(context: Context): { for: Argument[]; against: Argument[] } {
  const all = JUDGEMENTS.flatMap(judgement => judgement(context))
  const on = (side: Sided['side']) =>
    all.filter(one => one.side === side).map(({ code, says, evidence }) => ({ code, says, evidence }))
  return { for: on('for'), against: on('against') }
}
