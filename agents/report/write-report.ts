import { pluralize } from '@goalixa/chassis/pluralize'
import type { ActionState } from '../devops/action-state.ts'
import type { PredicateRole, Proposal } from '../devops/proposal.ts'
import type { Cause, Verdict } from '../incident/verdict.ts'
import { unreadLabel } from '../snapshot/unread-label.ts'
import { escapeMarkdown as safe } from './escape-markdown.ts'
import { remainingWork } from './remaining-work.ts'
import { presentationOf, type TimelineKind } from './timeline-kinds.ts'

type Reading = { message: string; holds: boolean | null; role: PredicateRole }

/** What a report is written from. As JSON this is the report for machines. */
export type ReportFacts = {
  incident: { id: string; title: string; severity: string; openedAt: string }
  investigation: { id: string; startedAt: string }
  verdict: Verdict
  action: {
    state: ActionState
    proposal: Proposal
    refusal: { message: string } | null
    outcome: { message: string } | null
    /** What was left behind on purpose, and whether it came back. */
    pendingRevert?: { message: string } | null
    verification: { result: string | null; readings: Reading[] } | null
    decisions: { operator: string; decision: string; at: string }[]
  } | null
  evidence: {
    id: string
    tool: string
    why: string
    at: string
    outcome: 'read' | 'unread'
    reason: string | null
  }[]
  timeline?: { at: string; kind: TimelineKind; message: string }[]
}

/** The report in Markdown: first what it is, what is left to do and what was done, then why, then what was read. Others' text is neutralised. */
export function writeReport(facts: ReportFacts): string {
  const { incident, verdict } = facts
  const sections = [
    [
      `# ${safe(incident.title)}`,
      `${safe(incident.severity)} · opened ${clock(incident.openedAt)} UTC, as are all times here · \`${code(incident.id)}\``,
    ],
    summary(verdict),
    ['## To do', safe(remainingWork(facts))],
    action(facts.action),
    why(verdict.causes[0]),
    others(verdict),
    timeline(facts.timeline ?? []),
    read(facts.evidence),
  ]
  return `${sections
    .filter(lines => lines.length > 0)
    .map(lines => lines.join('\n\n'))
    .join('\n\n')}\n`
}

function summary(verdict: Verdict): string[] {
  const [cause] = verdict.causes
  if (verdict.outcome === 'no-fault') return ['## Nothing is wrong', safe(verdict.message)]
  if (verdict.outcome === 'inconclusive' || cause === undefined)
    return ['## The cause is not known', safe(verdict.message)]
  const { code: name, subject, confidence } = cause
  const where = `${safe(subject.kind)} ${safe(subject.name)}`
  return [
    `## Cause: ${safe(name)} at ${where}`,
    `${safe(cause.message)}.`,
    `Confidence ${Math.round(confidence * 100)} %, from ${pluralize(cause.for.length, 'argument')} for it and ${cause.against.length} against.`,
  ]
}

function action(taken: ReportFacts['action']): string[] {
  if (taken === null) return ['## Action', 'None was proposed.']
  const { proposal, state, verification } = taken
  const decisions = taken.decisions.map(
    decision => `${safe(decision.operator)}: ${safe(decision.decision)} at ${clock(decision.at)}`,
  )
  return [
    `## Action: ${safe(state)}`,
    `${safe(proposal.message)} (${proposal.method}, risk ${proposal.risk})`,
    list([
      ...decisions,
      ...(taken.refusal === null ? [] : [`refused: ${safe(taken.refusal.message)}`]),
      ...(taken.outcome === null ? [] : [safe(taken.outcome.message)]),
      ...(taken.pendingRevert ? [safe(taken.pendingRevert.message)] : []),
      ...proposal.warnings.map(warning => `mind: ${safe(warning)}`),
    ]),
    ...(verification === null
      ? []
      : [
          `Verification: ${safe(verification.result ?? 'not finished')}`,
          list(verification.readings.map(reading)),
        ]),
    `Not chosen: ${proposal.rejected.map(rejection => `${safe(rejection.method)} (${safe(rejection.why)})`).join('; ') || 'nothing else came into question'}.`,
  ].filter(part => part !== '')
}

function reading({ message, holds, role }: Reading): string {
  if (holds === null) return `unknown whether ${safe(message)}`
  if (role === 'worse') return holds ? `worse: ${safe(message)}` : `not so, as it should be: ${safe(message)}`
  return `${holds ? 'holds' : 'does not hold'}: ${safe(message)}`
}

function why(cause: Cause | undefined): string[] {
  if (cause === undefined) return []
  const links = cause.chain.map((link, index) => {
    // The root is the cause, whose sentence the summary has, and that may be long.
    const message = index === 0 ? 'the cause' : safe(link.message)
    return `${index + 1}. ${link.onset === null ? '' : `${clock(link.onset)} `}${message} ${cite(link.evidence)}`
  })
  const argument = (reason: { message: string; evidence: string[] }) =>
    `${safe(reason.message)} ${cite(reason.evidence)}`
  return [
    '## Why',
    links.join('\n'),
    ...(cause.change === null
      ? []
      : [
          `Set off by: ${clock(cause.change.at)} ${safe(cause.change.summary)} ${cite(cause.change.evidence)}`,
        ]),
    ...(cause.for.length === 0 ? [] : ['**For**', list(cause.for.map(argument))]),
    ...(cause.against.length === 0 ? [] : ['**Against**', list(cause.against.map(argument))]),
  ]
}

function others(verdict: Verdict): string[] {
  const rivals = verdict.causes
    .slice(verdict.outcome === 'cause' ? 1 : 0, 4)
    .map(
      cause =>
        `${safe(cause.code)} at ${safe(cause.subject.name)}, ${Math.round(cause.confidence * 100)} %: ${safe(cause.message)}`,
    )
  const ruledOut = verdict.ruledOut
    .slice(0, 8)
    .map(suspect => `${safe(suspect.message)} ${cite(suspect.evidence)}`)
  const unread = verdict.unread.map(lack => `${safe(unreadLabel(lack))}: ${safe(lack.reason)}`)
  return [
    ...(rivals.length === 0 ? [] : ['## Other explanations', list(rivals)]),
    ...(ruledOut.length === 0 ? [] : ['## Looked at and cleared', list(ruledOut)]),
    ...(unread.length === 0 ? [] : ['## Could not be read', list(unread)]),
  ]
}

function timeline(entries: NonNullable<ReportFacts['timeline']>): string[] {
  const lines = entries.map(
    ({ at, kind, message }) => `${clock(at)} ${presentationOf(kind).symbol} ${safe(message)}`,
  )
  return lines.length === 0 ? [] : ['## Timeline', list(lines)]
}

function read(evidence: ReportFacts['evidence']): string[] {
  if (evidence.length === 0) return []
  const row = (read: ReportFacts['evidence'][number]) =>
    `| ${code(read.id)} | ${safe(read.tool)} | ${safe(read.why)} | ${read.outcome === 'read' ? clock(read.at) : `not read: ${safe(read.reason ?? '')}`} |`
  return [
    '## Evidence',
    ['| id | tool | asked | read |', '| --- | --- | --- | --- |', ...evidence.map(row)].join('\n'),
  ]
}

function cite(evidence: string[]): string {
  return `(${evidence.map(code).join(', ')})`
}

function list(lines: string[]): string {
  return lines.map(line => `- ${line}`).join('\n')
}

/** Ids are ours, but they travel through a database: only their own alphabet is printed. */
function code(id: string): string {
  return id.replace(/[^\w-]/g, '')
}

function clock(iso: string): string {
  const time = new Date(iso)
  return Number.isNaN(time.getTime())
    ? 'at an unknown time'
    : time.toISOString().replace('T', ' ').slice(0, 19)
}
