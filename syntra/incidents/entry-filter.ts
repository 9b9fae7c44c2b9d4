import { presentationOf, type TimelineKind } from '@goalixa/agents/report/timeline-kinds'

type Entry = { kind: TimelineKind; message: string }

/**
 * Creates a filter for timeline entries, which it must see in order. `all` keeps everything; `short` drops details, `report`
 * also what another section of the report contains, and both drop a verdict that another round of reads repeated.
 */
export function createEntryFilter(view: 'all' | 'short' | 'report'): (entry: Entry) => boolean {
  let lastVerdict: string | undefined
  return ({ kind, message }) => {
    if (view === 'all') return true
    if (kind === 'investigation-started') lastVerdict = undefined
    const isRepeated = kind === 'verdict' && message === lastVerdict
    if (kind === 'verdict') lastVerdict = message
    const { isDetail, isInReport } = presentationOf(kind)
    return !isRepeated && (view === 'report' ? isInReport : !isDetail)
  }
}
