import { confidenceLevel } from '@goalixa/agents/incident/confidence/confidence-level'
import { describeSubject } from '@goalixa/agents/incident/findings/subject'
import type { Cause } from '@goalixa/agents/incident/verdict'
import { pluralize } from '@goalixa/chassis/pluralize'
import type { InvestigationView } from '../../investigations/investigations.schema.ts'
import { type Block, heading, list, muted, paragraph, type Text } from './blocks.ts'

type Cited = { message: string; evidence: readonly string[] }

/** A verdict: the cause, its chain, the evidence for and against it, what was ruled out, and how much was read. */
export function presentVerdict({ verdict, reads }: Pick<InvestigationView, 'verdict' | 'reads'>): Block[] {
  if (!verdict) return [heading('Verdict: none yet')]
  const cause = verdict.outcome === 'cause' ? verdict.causes[0] : undefined
  const ruledOut = verdict.ruledOut.map(({ message, evidence }) => ({
    marker: muted('○'),
    text: cite({ message, evidence }),
  }))
  return [
    heading(cause ? `Cause: ${cause.message}` : `Verdict: ${verdict.message}`),
    ...(cause ? [paragraph(summaryOf(cause))] : []),
    list([...(cause ? evidenceOf(cause) : []), ...ruledOut]),
    paragraph(muted(readSummaryOf(reads))),
  ]
}

function readSummaryOf({ answered, couldNotRead, notConfigured = 0 }: InvestigationView['reads']): string {
  const failed = couldNotRead - notConfigured
  const count = pluralize(answered - notConfigured, 'read')
  const summary = failed > 0 ? `${count}, of which ${failed} failed` : `${count}, none failed`
  return notConfigured > 0
    ? `${summary}; ${pluralize(notConfigured, 'more read')} would need systems that are not configured`
    : summary
}

function summaryOf({ code, subject, confidence }: Cause): Text {
  return `${code} · ${describeSubject(subject)} · ${confidenceLevel(confidence)} confidence`
}

function evidenceOf({ chain, change, for: supporting, against }: Cause) {
  return [
    ...chain.map((link, index) => ({
      marker: muted('→'),
      // The root is the cause, whose message is the heading and may be long.
      text: cite(index === 0 ? { ...link, message: 'the cause itself' } : link),
    })),
    ...(change
      ? [
          {
            marker: muted('↯'),
            text: ['set off by: ', ...cite({ message: change.summary, evidence: change.evidence })],
          },
        ]
      : []),
    ...supporting.map(check => ({ marker: { text: '+', tone: 'success' as const }, text: cite(check) })),
    ...against.map(check => ({ marker: { text: '−', tone: 'failure' as const }, text: cite(check) })),
  ]
}

function cite({ message, evidence }: Cited) {
  return [message, muted(` [${evidence.join(', ')}]`)]
}
