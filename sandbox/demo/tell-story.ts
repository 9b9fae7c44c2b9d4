import type { ActionView } from '@goalixa/syntra/actions/actions.schema'
import { plain } from '@goalixa/syntra/cli/plain'
import { kindColour, proposalText, verdictText } from '@goalixa/syntra/cli/print'
import type { IncidentView } from '@goalixa/syntra/incidents/incidents.schema'
import { isNoteworthyEntry } from '@goalixa/syntra/incidents/is-noteworthy-entry'
import type { InvestigationView } from '@goalixa/syntra/investigations/investigations.schema'
import pc from 'picocolors'
import type { StoryLine } from './follow-incident.ts'

type Options = { write: (text: string) => void; isVerbose: boolean; startedAt: number; now: () => number }

/** Prints what happens, as it happens, with the seconds since the start in front. */
export function createStoryteller({ write, isVerbose, startedAt, now }: Options) {
  const line = (text: string) =>
    write(`${pc.dim(`${((now() - startedAt) / 1000).toFixed(0).padStart(4)} s`)}  ${text}\n`)
  const block = (text: string) => write(`\n${text.replace(/^/gm, '        ')}\n\n`)
  let told: InvestigationView['verdict'] = null
  const isWorthTelling = isNoteworthyEntry(isVerbose)
  return {
    progress: (message: string) => line(pc.dim(`starting ${message}`)),
    phase: (message: string) => line(pc.bold(message)),
    note: (message: string) => line(message),
    incident({ alertList, severity }: IncidentView) {
      const [alert] = alertList
      line(
        `${pc.red('ALERT')} ${pc.bold(plain(alert?.name ?? 'unknown'))} (${plain(severity)}) ${plain(alert?.annotations.summary ?? '')}`,
      )
    },
    line({ kind, message }: StoryLine) {
      if (isWorthTelling({ kind, message })) line(`${kindColour(kind)(kind.padEnd(22))} ${plain(message)}`)
    },
    verdict(investigation: InvestigationView) {
      told = investigation.verdict
      block(verdictText(investigation))
    },
    proposal: (action: ActionView) => block(proposalText(action, told)),
  }
}
export type Storyteller = ReturnType<typeof createStoryteller>
