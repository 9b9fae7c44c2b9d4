import type { Finding } from '@goalixa/agents/incident/finding'
import type { Argument, Cause, Verdict } from '@goalixa/agents/incident/verdict'
import { digestOf } from '@goalixa/chassis/canonical-json'

/** Whether two verdicts conclude the same from the same evidence. Sentences are not compared: another version may word them differently. */
export function hasSameConclusions(left: Verdict, right: Verdict): boolean {
  return digestOf(conclusionsOf(left)) === digestOf(conclusionsOf(right))
}

function conclusionsOf({ outcome, causes, ruledOut, findings, unread }: Verdict) {
  return {
    outcome,
    causes: causes.map(causeConclusion),
    ruledOut: ruledOut.map(({ subject, evidence }) => ({ subject, evidence })),
    findings: findings.map(findingConclusion),
    unread: unread.map(({ question, part }) => ({ question, part })),
  }
}

function causeConclusion({ code, subject, service, confidence, chain, change, ...cause }: Cause) {
  return {
    code,
    subject,
    service,
    confidence,
    chain: chain.map(findingConclusion),
    change: change && { ...change, summary: null },
    for: argumentsOf(cause.for),
    against: argumentsOf(cause.against),
  }
}

function findingConclusion({ code, subject, service, container, onset, evidence }: Finding) {
  return { code, subject, service, container, onset, evidence }
}

/** Sorted, because the order of arguments means nothing. */
function argumentsOf(list: Argument[]) {
  return list.map(({ code, evidence }) => `${code} ${evidence.join(' ')}`).toSorted()
}
