import type { ActionView } from '@goalixa/syntra/actions/actions.schema'
import type { IncidentView } from '@goalixa/syntra/incidents/incidents.schema'
import type { InvestigationView } from '@goalixa/syntra/investigations/investigations.schema'
import pc from 'picocolors'
import type { StoryLine } from './follow-incident.ts'
import { plain } from './plain.ts'

type Options = { write: (text: string) => void; isVerbose: boolean; startedAt: number; now: () => number }

const QUIET = new Set(['evidence-read', 'investigation-queued'])

/** Prints what happens, as it happens, with the seconds since the start in front. */
export function createStoryteller({ write, isVerbose, startedAt, now }: Options) {
  const line = (text: string) =>
    write(`${pc.dim(`${((now() - startedAt) / 1000).toFixed(0).padStart(4)} s`)}  ${text}\n`)
  const indented = (text: string) => write(`        ${text}\n`)
  const heading = (text: string) => write(`\n        ${pc.bold(text)}\n`)

  return {
    progress: (says: string) => line(pc.dim(`starting ${says}`)),
    phase: (says: string) => line(pc.bold(says)),
    note: (says: string) => line(says),
    incident({ alertList, severity }: IncidentView) {
      const [alert] = alertList
      line(`${pc.red('ALERT')} ${pc.bold(plain(alert?.name ?? 'unknown'))} (${plain(severity)})`)
      const summary = alert?.annotations.summary
      if (summary) indented(plain(summary))
    },
    line({ kind, says }: StoryLine) {
      if (!isVerbose && QUIET.has(kind)) return
      line(`${colourOf(kind)(kind.padEnd(22))} ${plain(says)}`)
    },
    verdict({ verdict, reads }: InvestigationView) {
      if (!verdict) return
      const [cause] = verdict.causes
      heading(verdict.outcome === 'cause' && cause ? `Cause: ${plain(cause.says)}` : plain(verdict.says))
      if (verdict.outcome === 'cause' && cause) {
        indented(
          `${cause.code} · ${plain(cause.subject.kind)} ${plain(cause.subject.name)} · confidence ${Math.round(cause.confidence * 100)} %`,
        )
        for (const link of cause.chain)
          indented(`  ${pc.dim('→')} ${plain(link.says)} ${cited(link.evidence)}`)
        for (const argument of cause.for)
          indented(`  ${pc.green('+')} ${plain(argument.says)} ${cited(argument.evidence)}`)
        for (const argument of cause.against)
          indented(`  ${pc.red('−')} ${plain(argument.says)} ${cited(argument.evidence)}`)
      }
      for (const cleared of verdict.cleared)
        indented(`  ${pc.dim('○')} ${plain(cleared.says)} ${cited(cleared.evidence)}`)
      indented(pc.dim(`${reads.answered} reads; ${reads.couldNotRead} could not be read`))
    },
    proposal({ proposal, stateDigest, expiresAt }: ActionView) {
      heading(`Proposal: ${plain(proposal.says)}`)
      indented(plain(proposal.why))
      indented(
        `risk ${proposal.risk} · method ${proposal.method} · target ${plain(proposal.target.kind)} ${plain(proposal.target.name)}`,
      )
      for (const [index, step] of proposal.steps.entries()) indented(`  ${index + 1}. ${plain(step.says)}`)
      indented(
        'steps' in proposal.undo
          ? `undo: ${proposal.undo.steps.map(step => plain(step.says)).join('; ')}`
          : `can not be undone: ${plain(proposal.undo.irreversible)}`,
      )
      indented(
        `verified by: ${proposal.verification.recovered.map(predicate => plain(predicate.says)).join('; ')}`,
      )
      for (const { method, why } of proposal.rejected) indented(pc.dim(`  not ${method}: ${plain(why)}`))
      for (const warning of proposal.warnings) indented(pc.yellow(`  ! ${plain(warning)}`))
      indented(pc.dim(`bound to state ${stateDigest.slice(0, 12)}, until ${expiresAt}`))
      write('\n')
    },
  }
}
export type Storyteller = ReturnType<typeof createStoryteller>

function cited(evidence: string[]): string {
  return pc.dim(`[${evidence.join(', ')}]`)
}

function colourOf(kind: string): (text: string) => string {
  if (/unread|failed|refused|alert/.test(kind)) return pc.red
  if (/verdict|succeeded|recovered|resolved/.test(kind)) return pc.green
  if (/action|proposal|approv/.test(kind)) return pc.yellow
  return pc.cyan
}
