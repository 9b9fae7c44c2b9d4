import { questionId } from '../../../snapshot/question-id.ts'
import { cardOf } from '../../analysers/registry.ts'
import type { Finding } from '../../finding.ts'
import { type ArgumentOf, type CheckContext, defineCheck } from '../define-check.ts'
import { isServiceFailing } from '../is-service-failing.ts'

/** How much of what is wrong the root explains, and how much of what could explain it otherwise was read. */
export const completeness = defineCheck({
  arguments: {
    EXPLAINS_ALERT: 'for',
    EXPLAINS_ALL_SYMPTOMS: 'for',
    COMPETING_CAUSE: 'against',
    INCOMPLETE_EVIDENCE: 'against',
    UNMEASURED_CALLS: 'against',
  },
  run: context => [
    ...explainsAlert(context),
    ...explainsAllSymptoms(context),
    ...competingCause(context),
    ...incompleteEvidence(context),
    ...unmeasuredCalls(context),
  ],
})

/** The chain ends at an alert that fires now, not only at a measurement. */
function explainsAlert({ chain: { root, explained } }: CheckContext): ArgumentOf<'EXPLAINS_ALERT'>[] {
  const alerts = [root, ...explained].filter(({ code }) => code === 'ALERT_FIRING')
  if (alerts.length === 0) return []
  const evidence = [...new Set(alerts.flatMap(alert => alert.evidence))]
  return [{ code: 'EXPLAINS_ALERT', message: 'the chain leads to the firing alert', evidence }]
}

/** A cause that explains all that users feel anywhere needs no second one. */
function explainsAllSymptoms({ chain, findings }: CheckContext): ArgumentOf<'EXPLAINS_ALL_SYMPTOMS'>[] {
  const impacts = findings.filter(({ code }) => cardOf(code).layer === 'user-impact')
  if (impacts.length === 0 || impacts.some(impact => !chain.explained.includes(impact))) return []
  const evidence = [...new Set(impacts.flatMap(impact => impact.evidence))]
  const message = 'the cause explains everything that users feel'
  return [{ code: 'EXPLAINS_ALL_SYMPTOMS', message, evidence }]
}

/** Another root, elsewhere, that would explain the same symptom. */
function competingCause({ chain, chains }: CheckContext): ArgumentOf<'COMPETING_CAUSE'>[] {
  const symptom = chain.links.at(-1)
  const other = chains.find(
    rival =>
      rival !== chain &&
      isElsewhere(rival.root, chain.root) &&
      rival.links.at(-1)?.subject.name === symptom?.subject.name,
  )
  if (other === undefined) return []
  const message = `another finding explains the same symptom: ${other.root.message}`
  return [{ code: 'COMPETING_CAUSE', message, evidence: other.root.evidence }]
}

/** More users are another reason than the service that they reach. */
function isElsewhere(a: Finding, b: Finding): boolean {
  const isLoad = ({ code }: Finding) => cardOf(code).kind === 'load'
  return a.service !== b.service || isLoad(a) !== isLoad(b)
}

/** Reads that could show that a measured fault comes from elsewhere. */
const ELSEWHERE = [
  questionId.objects('workloads'),
  questionId.objects('wiring'),
  questionId.events(),
  questionId.series('request-rate'),
  questionId.series('upstream-latency'),
  questionId.series('upstream-error-ratio'),
  questionId.series('dependency-up'),
]

/** What follows from comparisons is worth less for each place where nobody could look. */
function incompleteEvidence({ view, chain: { root } }: CheckContext): ArgumentOf<'INCOMPLETE_EVIDENCE'>[] {
  if (!['comparison', 'self-share'].includes(cardOf(root.code).basis)) return []
  return ELSEWHERE.filter(question => !view.wasRead(question)).map(question => {
    const unread = view.snapshot.unread.filter(lack => lack.question === question)
    return {
      code: 'INCOMPLETE_EVIDENCE',
      message: `${question} was not read, so the fault may come from elsewhere`,
      evidence: unread.length > 0 ? unread.map(lack => lack.evidence) : root.evidence,
    }
  })
}

/** A service's own share is what its calls do not explain; where its calls are not measured, any failing service may be behind it. */
function unmeasuredCalls({
  view,
  chain: { root, explained },
  findings,
}: CheckContext): ArgumentOf<'UNMEASURED_CALLS'>[] {
  const { service } = root
  if (service === null || cardOf(root.code).basis !== 'self-share') return []
  const isMeasured = view.callees(service).some(callee => callee !== service)
  const affected = new Set([root, ...explained].map(finding => finding.service))
  const failing = findings.filter(
    finding => finding.service !== null && !affected.has(finding.service) && isServiceFailing(finding),
  )
  if (isMeasured || failing.length === 0) return []
  const names = [...new Set(failing.map(finding => finding.service))].join(', ')
  const message = `the calls of ${service} are not measured, so its fault may come from ${names}`
  const evidence = [...new Set(failing.flatMap(finding => finding.evidence))]
  return [{ code: 'UNMEASURED_CALLS', message, evidence }]
}
