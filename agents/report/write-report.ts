import { joinWords } from '@goalixa/chassis/join-words'
import { pluralize } from '@goalixa/chassis/pluralize'
import { describeClassification } from '../catalog/describe-classification.ts'
import type { Proposal } from '../devops/proposal.ts'
import { confidenceLevel } from '../incident/confidence/confidence-level.ts'
import { describeSubject } from '../incident/findings/subject.ts'
import type { Argument, Cause, Verdict } from '../incident/verdict.ts'
import { groupUnread, type UnreadGroup } from '../snapshot/group-unread.ts'
import { escapeMarkdown as safe } from './escape-markdown.ts'
import { describeRemainingWork } from './remaining-work.ts'
import type { Reading, ReportFacts } from './report-facts.ts'
import { presentationOf } from './timeline-kinds.ts'

const MAX_OTHER_CAUSES = 4
const MAX_RULED_OUT = 8

/**
 * The report in Markdown: first the cause, what remains to be done and what was done, then the reasons, then the evidence.
 * Text that was read or sent by others is escaped.
 */
export function writeReport(facts: ReportFacts): string {
  const { incident, verdict } = facts
  const sections = [
    [
      `# ${safe(incident.title)}`,
      `Severity ${safe(incident.severity)} · opened at ${formatTime(incident.openedAt)} · incident \`${formatId(incident.id)}\` · all times in UTC`,
    ],
    summarySection(verdict),
    ['## To do', safe(describeRemainingWork(facts))],
    actionSection(facts.action),
    reasonsSection(verdict.causes[0]),
    ...otherSections(verdict),
    timelineSection(facts.timeline ?? []),
    evidenceSection(facts.evidence),
  ]
  return `${sections
    .filter(lines => lines.length > 0)
    .map(lines => lines.join('\n\n'))
    .join('\n\n')}\n`
}

function summarySection(verdict: Verdict): string[] {
  const [cause] = verdict.causes
  if (verdict.outcome === 'no-fault') return ['## Verdict: no fault', safe(verdict.message)]
  if (verdict.outcome === 'inconclusive' || cause === undefined)
    return ['## Verdict: inconclusive', safe(verdict.message)]
  const { code, subject, confidence } = cause
  return [
    `## Cause: ${safe(code)}, ${safe(describeSubject(subject))}`,
    `${safe(cause.message)}.`,
    `Confidence: ${confidenceLevel(confidence)}, from ${pluralize(cause.for.length, 'argument')} for this cause and ${cause.against.length} against it.`,
  ]
}

function actionSection(action: ReportFacts['action']): string[] {
  if (action === null) return ['## Action: none', 'Syntra proposed no action.']
  const { proposal, state, verification } = action
  const events = [
    ...action.decisions.map(
      ({ operator, decision, at }) =>
        `${safe(operator)} ${safe(pastTense(decision))} the action at ${formatTime(at)}.`,
    ),
    ...(action.refusal === null ? [] : [`Policy refused the action: ${safe(action.refusal.message)}`]),
    ...(action.outcome === null ? [] : [safe(action.outcome.message)]),
    ...(action.pendingRevert ? [safe(action.pendingRevert.message)] : []),
  ]
  return [
    `## Action: ${safe(state)}`,
    `${safe(proposal.message)} ${clusterOf(proposal)}Method: ${proposal.method}. Risk: ${proposal.risk}${riskBasis(proposal)}.`,
    list(events),
    ...titledList('Warnings', proposal.warnings.map(safe)),
    ...(verification === null
      ? []
      : titledList(
          `Recovery checks: ${safe(verification.result ?? 'not finished')}`,
          verification.readings.map(describeReading),
        )),
    ...titledList(
      'Methods not chosen',
      proposal.rejected.map(({ method, why }) => `${safe(method)}: ${safe(why)}`),
    ),
  ].filter(part => part !== '')
}

function clusterOf({ target }: Pick<Proposal, 'target'>): string {
  return target.cluster === undefined ? '' : `Cluster: ${safe(target.cluster)}. `
}

function riskBasis({ classification }: Pick<Proposal, 'classification'>): string {
  return classification === undefined
    ? ''
    : `, because the target is ${safe(describeClassification(classification))}`
}

function pastTense(decision: string): string {
  if (decision === 'approve') return 'approved'
  return decision === 'reject' ? 'rejected' : decision
}

function describeReading({ message, holds, role }: Reading): string {
  if (holds === null) return `unknown: ${safe(message)}`
  if (role === 'recovered') return `${holds ? 'met' : 'not met'}: ${safe(message)}`
  if (role === 'worse') return `${holds ? 'worse' : 'not the case, as expected'}: ${safe(message)}`
  return `${holds ? 'unrelated alert' : 'no longer the case'}: ${safe(message)}`
}

function reasonsSection(cause: Cause | undefined): string[] {
  if (cause === undefined) return []
  const { chain, change, for: pro, against } = cause
  const links = chain.map((link, index) => {
    // The root is the cause, whose message may be long and stands in the summary.
    const message = index === 0 ? 'the cause itself' : safe(link.message)
    const onset = link.onset === null ? '' : `${formatTime(link.onset)} `
    return `${index + 1}. ${onset}${message} ${cite(link.evidence)}`
  })
  return [
    '## Why',
    '**From the cause to the symptom**',
    links.join('\n'),
    ...(change === null
      ? []
      : [
          '**Contributing change**',
          `${formatTime(change.at)} ${safe(change.summary)} ${cite(change.evidence)}`,
        ]),
    ...titledList('Arguments for this cause', pro.map(formatArgument)),
    ...titledList('Arguments against this cause', against.map(formatArgument)),
  ]
}

function otherSections({ causes, outcome, ruledOut, unread }: Verdict): string[][] {
  const rivals = causes
    .slice(outcome === 'cause' ? 1 : 0, MAX_OTHER_CAUSES)
    .map(
      ({ code, subject, confidence, message }) =>
        `${safe(code)}, ${safe(describeSubject(subject))}, ${confidenceLevel(confidence)} confidence: ${safe(message)}`,
    )
  const { failed = [], absent = [] } = Object.groupBy(groupUnread(unread, 'reason'), ({ isConfigured }) =>
    isConfigured ? 'failed' : 'absent',
  )
  return [
    section('Other possible causes', rivals),
    section('Ruled out', ruledOut.slice(0, MAX_RULED_OUT).map(formatArgument)),
    section('Could not be read', failed.map(formatUnread)),
    section('Not configured', absent.map(formatUnread)),
  ]
}

function formatUnread({ labels, reason }: UnreadGroup): string {
  return `${safe(joinWords(labels))}: ${safe(reason)}`
}

function timelineSection(entries: NonNullable<ReportFacts['timeline']>): string[] {
  return section(
    'Timeline',
    entries.map(
      ({ at, kind, message }) => `${formatTime(at)} ${presentationOf(kind).symbol} ${safe(message)}`,
    ),
  )
}

function evidenceSection(evidence: ReportFacts['evidence']): string[] {
  if (evidence.length === 0) return []
  const rows = evidence.map(({ id, tool, why, outcome, at, reason }) => {
    const result = outcome === 'read' ? formatTime(at) : `not read: ${safe(reason ?? 'unknown reason')}`
    return `| ${formatId(id)} | ${safe(tool)} | ${safe(why)} | ${result} |`
  })
  return [
    '## Evidence',
    ['| id | tool | question | read at |', '| --- | --- | --- | --- |', ...rows].join('\n'),
  ]
}

function formatArgument({ message, evidence }: Pick<Argument, 'message' | 'evidence'>): string {
  return `${safe(message)} ${cite(evidence)}`
}

function cite(evidence: string[]): string {
  return `(${evidence.map(formatId).join(', ')})`
}

function section(title: string, lines: string[]): string[] {
  return lines.length === 0 ? [] : [`## ${title}`, list(lines)]
}

function titledList(title: string, lines: string[]): string[] {
  return lines.length === 0 ? [] : [`**${title}**`, list(lines)]
}

function list(lines: string[]): string {
  return lines.map(line => `- ${line}`).join('\n')
}

/** Syntra makes the ids, but they pass through a database: only their own alphabet is printed. */
function formatId(id: string): string {
  return id.replace(/[^\w-]/g, '')
}

function formatTime(iso: string): string {
  const time = new Date(iso)
  return Number.isNaN(time.getTime()) ? 'an unknown time' : time.toISOString().replace('T', ' ').slice(0, 19)
}
