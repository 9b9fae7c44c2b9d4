import { releaseBefore } from '../../../snapshot/changes/release-before.ts'
import { secondsOf } from '../../../snapshot/clock.ts'
import type { SnapshotView } from '../../../snapshot/index-snapshot.ts'
import { cardOf } from '../../analysers/registry.ts'
import { isBelow } from '../../findings/layers.ts'
import type { Finding } from '../../verdict.ts'
import type { ConfidenceCheck } from '../check.ts'

/** Services that nobody changed, and that fell ill of the same in the same moment, are the control that a release has. */
export const commonCause: ConfidenceCheck = ({ view, chain: { root, explained }, change, findings }) => {
  if (change === null || isBelow(cardOf(root.code).layer, 'process-over-time')) return []
  const reached = new Set([root, ...explained].map(one => one.service))
  const twins = findings.filter(
    finding =>
      finding.service !== null &&
      !reached.has(finding.service) &&
      isSameFault(finding, root) &&
      isSameMoment(view, finding, root) &&
      releaseBefore(view, finding.service, secondsOf(finding.onset) ?? view.since) === null,
  )
  return [...Map.groupBy(twins, twin => twin.service)].map(([service, those]) => ({
    side: 'against',
    code: 'SAME_ELSEWHERE',
    message: `the same began at the same time at ${service}, which was not changed`,
    evidence: [...new Set(those.flatMap(one => one.evidence))],
  }))
}

function isSameFault(a: Finding, b: Finding): boolean {
  const { fault } = cardOf(a.code)
  return a.code === b.code || (fault !== undefined && fault === cardOf(b.code).fault)
}

function isSameMoment(view: SnapshotView, a: Finding, b: Finding): boolean {
  const [first, second] = [secondsOf(a.onset), secondsOf(b.onset)]
  return first !== null && second !== null && Math.abs(first - second) <= view.toleranceSeconds
}
