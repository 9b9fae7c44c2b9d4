import type { ActionView } from '@goalixa/syntra/actions/actions.schema'
import { escapeForTerminal } from '@goalixa/syntra/cli/escape-for-terminal'
import { renderBlocks } from '@goalixa/syntra/cli/render-blocks'
import type { Block } from '@goalixa/syntra/commands/presentation/blocks'
import { presentProposal } from '@goalixa/syntra/commands/presentation/present-proposal'
import { presentEntry } from '@goalixa/syntra/commands/presentation/present-timeline'
import { presentVerdict } from '@goalixa/syntra/commands/presentation/present-verdict'
import { createEntryFilter } from '@goalixa/syntra/incidents/entry-filter'
import type { IncidentView } from '@goalixa/syntra/incidents/incidents.schema'
import type { InvestigationView } from '@goalixa/syntra/investigations/investigations.schema'
import pc from 'picocolors'
import type { StreamedEntry } from './follow-incident.ts'

type Options = { write: (text: string) => void; isVerbose: boolean; startedAt: number; now: () => number }

/** Creates the printer of the demo, which starts each line with the seconds since the start. */
export function createProgressPrinter({ write, isVerbose, startedAt, now }: Options) {
  const line = (text: string) =>
    write(`${pc.dim(`${((now() - startedAt) / 1000).toFixed(0).padStart(4)} s`)}  ${text}\n`)
  const block = (blocks: Block[]) =>
    write(`\n${renderBlocks(blocks).trimEnd().replace(/^/gm, '        ')}\n\n`)
  let shown: InvestigationView | null = null
  const isShown = createEntryFilter(isVerbose ? 'all' : 'short')
  return {
    progress: (message: string) => line(pc.dim(message)),
    phase: (message: string) => line(pc.bold(message)),
    note: (message: string) => line(message),
    incident({ alertList, severity }: IncidentView) {
      const [alert] = alertList
      line(
        `${pc.red('ALERT')} ${pc.bold(escapeForTerminal(alert?.name ?? 'unknown'))} (${escapeForTerminal(severity)}) ${escapeForTerminal(alert?.annotations.summary ?? '')}`,
      )
    },
    entry(entry: StreamedEntry) {
      if (isShown(entry)) line(renderBlocks([presentEntry(entry)]).trimEnd())
    },
    verdict(investigation: InvestigationView) {
      shown = investigation
      block(presentVerdict(investigation))
    },
    proposal: (action: ActionView) => block(presentProposal(action, shown?.id)),
  }
}
