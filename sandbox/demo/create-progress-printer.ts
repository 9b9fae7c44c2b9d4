import type { ActionView } from '@goalixa/syntra/actions/actions.schema'
import { plain } from '@goalixa/syntra/cli/plain'
import { entryText, proposalText, verdictText } from '@goalixa/syntra/cli/print'
import { createEntryFilter } from '@goalixa/syntra/incidents/entry-filter'
import type { IncidentView } from '@goalixa/syntra/incidents/incidents.schema'
import type { InvestigationView } from '@goalixa/syntra/investigations/investigations.schema'
import pc from 'picocolors'
import type { StreamedEntry } from './follow-incident.ts'

type Options = { write: (text: string) => void; isVerbose: boolean; startedAt: number; now: () => number }

/** Prints the progress of the demo, each line with the seconds since the start. */
export function createProgressPrinter({ write, isVerbose, startedAt, now }: Options) {
  const line = (text: string) =>
    write(`${pc.dim(`${((now() - startedAt) / 1000).toFixed(0).padStart(4)} s`)}  ${text}\n`)
  const block = (text: string) => write(`\n${text.replace(/^/gm, '        ')}\n\n`)
  let shown: InvestigationView | null = null
  const isShown = createEntryFilter(isVerbose ? 'all' : 'short')
  return {
    progress: (message: string) => line(pc.dim(message)),
    phase: (message: string) => line(pc.bold(message)),
    note: (message: string) => line(message),
    incident({ alertList, severity }: IncidentView) {
      const [alert] = alertList
      line(
        `${pc.red('ALERT')} ${pc.bold(plain(alert?.name ?? 'unknown'))} (${plain(severity)}) ${plain(alert?.annotations.summary ?? '')}`,
      )
    },
    entry(entry: StreamedEntry) {
      if (isShown(entry)) line(entryText(entry))
    },
    verdict(investigation: InvestigationView) {
      shown = investigation
      block(verdictText(investigation))
    },
    proposal: (action: ActionView) => block(proposalText(action, shown)),
  }
}
export type ProgressPrinter = ReturnType<typeof createProgressPrinter>
