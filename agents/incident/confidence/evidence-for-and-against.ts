import type { Argument } from '../verdict.ts'
import type { CheckResult, ConfidenceCheck, Context } from './check.ts'
import { autoscalerAtMax } from './checks/autoscaler-at-max.ts'
import { changeFits } from './checks/change-fits.ts'
import { commonCause } from './checks/common-cause.ts'
import { competingCause } from './checks/competing-cause.ts'
import { counterfactualCheck } from './checks/counterfactual-check.ts'
import { delayedOnset } from './checks/delayed-onset.ts'
import { dependencyReachability } from './checks/dependency-reachability.ts'
import { directObservation } from './checks/direct-observation.ts'
import { explanatoryPower } from './checks/explanatory-power.ts'
import { incompleteEvidence } from './checks/incomplete-evidence.ts'
import { logAgrees } from './checks/log-agrees.ts'
import { reachesAlert } from './checks/reaches-alert.ts'
import { recentClientRelease } from './checks/recent-client-release.ts'
import { revisionControlGroup } from './checks/revision-control-group.ts'
import { stableRevisionUnderSameLoad } from './checks/stable-revision-under-same-load.ts'
import { temporalPrecedence } from './checks/temporal-precedence.ts'
import { unaffectedServices } from './checks/unaffected-services.ts'
import { unmeasuredCalls } from './checks/unmeasured-calls.ts'

const JUDGEMENTS: ConfidenceCheck[] = [
  directObservation,
  logAgrees,
  changeFits,
  revisionControlGroup,
  unaffectedServices,
  dependencyReachability,
  recentClientRelease,
  stableRevisionUnderSameLoad,
  autoscalerAtMax,
  commonCause,
  delayedOnset,
  temporalPrecedence,
  reachesAlert,
  explanatoryPower,
  competingCause,
  incompleteEvidence,
  unmeasuredCalls,
  counterfactualCheck,
]

/** What speaks for and against a root being the cause, each with what was read to know it. */
export function evidenceForAndAgainst(context: Context): { for: Argument[]; against: Argument[] } {
  const all = JUDGEMENTS.flatMap(judgement => judgement(context))
  const on = (side: CheckResult['side']) =>
    all.filter(one => one.side === side).map(({ code, message, evidence }) => ({ code, message, evidence }))
  return { for: on('for'), against: on('against') }
}
