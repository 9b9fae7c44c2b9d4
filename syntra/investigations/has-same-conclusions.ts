import type { Finding } from '@goalixa/agents/incident/finding'
import type { Argument, Cause, Verdict } from '@goalixa/agents/incident/verdict'
import { digestOf } from '@goalixa/chassis/canonical-json'

/** Whether two verdicts conclude the same from the same evidence, in whatever words: a version may word its sentences anew. */
export function hasSameConclusions(left: Verdict, right: Verdict): boolean {
  return digestOf(conclusionsOf(left)) === digestOf(conclusionsOf(right))
}

function conclusionsOf({ outcome, causes, ruledOut, findings, unread }: Verdict) {
  return {
    outcome,
    causes: causes.map(conclusionOf),
    ruledOut: ruledOut.map(({ subject, evidence }) => ({ subject, evidence })),
    findings: findings.map(factOf),
    unread: unread.map(({ question, part }) => ({ question, part })),
  }
}

function conclusionOf({ code, subject, service, confidence, chain, change, ...cause }: Cause) {
  return {
    code,
    subject,
    service,
    confidence,
    chain: chain.map(factOf),
    change: change && { ...change, summary: null },
    for: argumentsOf(cause.for),
    against: argumentsOf(cause.against),
  }
}

function factOf({ code, subject, service, container, onset, evidence }: Finding) {
  return { code, subject, service, container, onset, evidence }
}

/** In an order of their own: the one in which they are told concludes nothing. */
function argumentsOf(list: Argument[]) {
  return list.map(({ code, evidence }) => `${code} ${evidence.join(' ')}`).toSorted()
}
