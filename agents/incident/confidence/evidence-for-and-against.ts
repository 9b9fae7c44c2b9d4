import { atItsMost } from './checks/autoscaler-at-max.ts'
import { bearsTheLoad } from './checks/stable-revision-under-same-load.ts'
import { callsNotMeasured } from './checks/unmeasured-calls.ts'
import { changeFits } from './checks/change-fits.ts'
import { coverage } from './checks/explanatory-power.ts'
import type { Context, Judgement, Sided } from './check.ts'
import { logAgrees } from './checks/log-agrees.ts'
import { notAllRead } from './checks/incomplete-evidence.ts'
import { oldPods } from './checks/revision-control-group.ts'
import { onsetOrder } from './checks/temporal-precedence.ts'
import { ownWord } from './checks/direct-observation.ts'
import { putBack } from './checks/counterfactual-check.ts'
import { reachesAlert } from './checks/reaches-alert.ts'
import { releasedBeforeIt } from './checks/recent-client-release.ts'
import { rival } from './checks/competing-cause.ts'
import { sameElsewhere } from './checks/common-cause.ts'
import { servedWellFirst } from './checks/delayed-onset.ts'
import { siblings } from './checks/unaffected-services.ts'
import { whoReachesIt } from './checks/dependency-reachability.ts'
import type { Argument } from '../verdict.ts'

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
