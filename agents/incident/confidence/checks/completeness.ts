import { joinWords } from '@goalixa/chassis/join-words'
import { CALLS, mergeNeeds } from '../../../snapshot/needs.ts'
import { questionId } from '../../../snapshot/question-id.ts'
import { cardOf } from '../../analysers/registry.ts'
import type { Finding } from '../../finding.ts'
import { type ArgumentOf, type CheckContext, defineCheck } from '../define-check.ts'
import { isServiceFailing } from '../is-service-failing.ts'

/** How many of the symptoms the root explains, and how much of what could explain them otherwise was read. */
export const completeness = defineCheck({
  needs: mergeNeeds(CALLS, {
    signals: ['request-rate', 'upstream-latency', 'upstream-error-ratio'],
    reads: ['events'],
  }),
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

/** The chain ends at an alert that is firing, not only at a measurement. */
function explainsAlert({ chain: { root, explained } }: CheckContext): ArgumentOf<'EXPLAINS_ALERT'>[] {
  const alerts = [root, ...explained].filter(({ code }) => code === 'ALERT_FIRING')
  if (alerts.length === 0) return []
  const evidence = [...new Set(alerts.flatMap(alert => alert.evidence))]
  return [{ code: 'EXPLAINS_ALERT', message: 'the causal chain ends at the firing alert', evidence }]
}

/** A cause that explains every impact on users leaves no need for a second one. */
function explainsAllSymptoms({ chain, findings }: CheckContext): ArgumentOf<'EXPLAINS_ALL_SYMPTOMS'>[] {
  const impacts = findings.filter(({ code }) => cardOf(code).layer === 'user-impact')
  if (impacts.length === 0 || impacts.some(impact => !chain.explained.includes(impact))) return []
  const evidence = [...new Set(impacts.flatMap(impact => impact.evidence))]
  const message = 'the cause explains every symptom that users notice'
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
  const message = `another cause explains the same symptom: ${other.root.message}`
  return [{ code: 'COMPETING_CAUSE', message, evidence: other.root.evidence }]
}

/** Load is a different cause from a fault of the service that it reaches. */
function isElsewhere(a: Finding, b: Finding): boolean {
  const isLoad = ({ code }: Finding) => cardOf(code).kind === 'load'
  return a.service !== b.service || isLoad(a) !== isLoad(b)
}

/** Reads that could show that a measured fault originates elsewhere. */
const ELSEWHERE = [
  questionId.objects('workloads'),
  questionId.objects('wiring'),
  questionId.events(),
  questionId.series('request-rate'),
  questionId.series('upstream-latency'),
  questionId.series('upstream-error-ratio'),
  questionId.series('dependency-up'),
]

/** Each missing read weakens a conclusion that follows from comparisons. */
function incompleteEvidence({ view, chain: { root } }: CheckContext): ArgumentOf<'INCOMPLETE_EVIDENCE'>[] {
  if (!['comparison', 'self-share'].includes(cardOf(root.code).basis)) return []
  return ELSEWHERE.filter(question => !view.wasRead(question)).map(question => {
    const unread = view.snapshot.unread.filter(lack => lack.question === question)
    return {
      code: 'INCOMPLETE_EVIDENCE',
      message: `${question} was not ${unread.length > 0 ? 'read' : 'requested'}, so the fault may originate elsewhere`,
      evidence: unread.length > 0 ? unread.map(lack => lack.evidence) : root.evidence,
    }
  })
}

/** The self share of a service is what its calls do not explain. Where they are not measured, any failing service may be the cause. */
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
  const names = joinWords([...new Set(failing.flatMap(finding => finding.service ?? []))])
  const message = `no metric covers the calls of ${service}, so its fault may originate in ${names}`
  const evidence = [...new Set(failing.flatMap(finding => finding.evidence))]
  return [{ code: 'UNMEASURED_CALLS', message, evidence }]
}
