import { presentationOf, type TimelineKind } from '@goalixa/agents/report/timeline-kinds'
import { pluralize } from '@goalixa/chassis/pluralize'
import pc from 'picocolors'
import type { ActionView } from '../actions/actions.schema.ts'
import type { IncidentSummary } from '../incidents/incidents.schema.ts'
import type { InvestigationView } from '../investigations/investigations.schema.ts'
import { plain } from './plain.ts'

const SHORTEST_TITLE = 20
/** Of the longest title of a timeline entry. */
const TITLE_WIDTH = 20

/** One incident on one line of so many columns: state, age, severity, what (cut short if need be), and where it stands. */
export function incidentLine(
  incident: IncidentSummary,
  now: Date,
  columns = Number.POSITIVE_INFINITY,
): string {
  const { state, severity, title, investigation, action, id, openedAt } = incident
  const stand = action?.state ?? investigation?.outcome ?? investigation?.state ?? ''
  const [start, since, grave] = [id.slice(0, 8), age(openedAt, now).padStart(5), plain(severity).padEnd(8)]
  const others = [start, state.padEnd(8), since, grave, stand].join('  ').length + 2
  const what = cutTo(plain(title), columns - others)
  return [pc.dim(start), stateColour(state)(state.padEnd(8)), since, grave, what, pc.dim(stand)]
    .join('  ')
    .trimEnd()
}

/** A verdict for people: the cause, its chain, what speaks for and against it, what was cleared, what could not be read. */
export function verdictText({ verdict, reads }: Pick<InvestigationView, 'verdict' | 'reads'>): string {
  if (!verdict) return 'There is no verdict yet.'
  const [cause] = verdict.outcome === 'cause' ? verdict.causes : []
  const lines = [pc.bold(cause ? `Cause: ${plain(cause.message)}` : plain(verdict.message))]
  if (cause) {
    const subject = `${plain(cause.subject.kind)} ${plain(cause.subject.name)}`
    lines.push(`${cause.code} · ${subject} · confidence ${Math.round(cause.confidence * 100)} %`)
    for (const [index, link] of cause.chain.entries()) {
      // The root is the cause, whose sentence stands two lines above, and that may be long.
      const message = index === 0 ? 'the cause itself' : plain(link.message)
      lines.push(`  ${pc.dim('→')} ${message} ${cited(link.evidence)}`)
    }
    for (const argument of cause.for)
      lines.push(`  ${pc.green('+')} ${plain(argument.message)} ${cited(argument.evidence)}`)
    for (const argument of cause.against)
      lines.push(`  ${pc.red('−')} ${plain(argument.message)} ${cited(argument.evidence)}`)
    if (cause.change)
      lines.push(
        `  ${pc.dim('↯')} set off by: ${plain(cause.change.summary)} ${cited(cause.change.evidence)}`,
      )
  }
  for (const ruledOut of verdict.ruledOut)
    lines.push(`  ${pc.dim('○')} ${plain(ruledOut.message)} ${cited(ruledOut.evidence)}`)
  lines.push(pc.dim(`${pluralize(reads.answered, 'read')}; ${reads.couldNotRead} could not be read`))
  return lines.join('\n')
}

/**
 * A proposal for who has to decide: what, why, risk, steps, undo, verification, what was rejected, warnings, expiry.
 * `shown`: the investigation whose verdict stands above it. Where it is the action's own, the reason is not repeated.
 */
export function proposalText(action: ActionView, shown: Pick<InvestigationView, 'id'> | null = null): string {
  const { id, proposal, state, stateDigest, expiresAt, pendingRevert } = action
  const { undo, verification, target } = proposal
  return [
    pc.bold(`Proposal: ${plain(proposal.message)}`),
    ...(shown?.id === action.investigationId ? [] : [plain(proposal.why)]),
    `risk ${proposal.risk} · method ${proposal.method} · target ${plain(target.kind)} ${plain(target.name)} · ${state}`,
    ...proposal.steps.map((step, index) => `  ${index + 1}. ${plain(step.message)}`),
    'steps' in undo
      ? `undo, of what was done: ${undo.steps.map(step => plain(step.message)).join(' ')}`
      : `can not be undone: ${plain(undo.irreversible)}`,
    ...(proposal.pendingRevert ? [`later: ${plain(proposal.pendingRevert.message)}`] : []),
    ...(proposal.handoff ? [`then: ${plain(proposal.handoff)}`] : []),
    ...(pendingRevert ? [pc.yellow(plain(pendingRevert.message))] : []),
    `verified by: ${verification.recovered.map(predicate => plain(predicate.message)).join('; ')}`,
    ...proposal.rejected.map(({ method, why }) => pc.dim(`  not ${plain(method)}: ${plain(why)}`)),
    ...proposal.warnings.map(warning => pc.yellow(`  ! ${plain(warning)}`)),
    pc.dim(`action ${id}, bound to state ${stateDigest.slice(0, 12)}, until ${expiresAt}`),
  ].join('\n')
}

type Entry = { at: string; kind: TimelineKind; message: string }

/** A timeline entry on one line: time, symbol, title, message. */
export function timelineLine(entry: Entry): string {
  return `${pc.dim(entry.at.slice(11, 19))}  ${entryText(entry)}`
}

/** The same without its time. */
export function entryText({ kind, message }: Omit<Entry, 'at'>): string {
  const { symbol, title, colour } = presentationOf(kind)
  return `${pc[colour](`${symbol} ${title.padEnd(TITLE_WIDTH)}`)} ${plain(message)}`
}

function cutTo(text: string, columns: number): string {
  // Less than this says nothing: then the line may be too long.
  const room = Math.max(columns, SHORTEST_TITLE)
  return text.length <= room ? text : `${text.slice(0, room - 1)}…`
}

function cited(evidence: string[]): string {
  return pc.dim(`[${evidence.join(', ')}]`)
}

function stateColour(state: IncidentSummary['state']): (text: string) => string {
  return { open: pc.red, resolved: pc.green, closed: pc.dim }[state]
}

function age(since: string, now: Date): string {
  const minutes = Math.floor((now.getTime() - Date.parse(since)) / 60_000)
  if (minutes < 60) return `${minutes}m`
  return minutes < 2_880 ? `${Math.floor(minutes / 60)}h` : `${Math.floor(minutes / 1_440)}d`
}
