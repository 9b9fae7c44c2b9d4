import { presentationOf, type TimelineKind } from '@goalixa/agents/report/timeline-kinds'
import { type Block, type Column, muted, type Text } from './blocks.ts'

export type Entry = { at: string; kind: TimelineKind; message: string }

/** Wide enough for every title, which the registry of kinds limits to 20 characters. */
const WHAT: Column = { minWidth: 22 }

/** Timeline entries as a table: time of day in UTC, symbol and title, message. */
export function presentTimeline(entries: readonly Entry[]): Block {
  return {
    type: 'table',
    columns: [{ minWidth: 8 }, WHAT, { overflow: 'wrap' }],
    rows: entries.map(({ at, kind, message }) => [muted(at.slice(11, 19)), whatOf(kind), message]),
  }
}

/** An entry without its time, for a surface that shows a time of its own. */
export function presentEntry({ kind, message }: Omit<Entry, 'at'>): Block {
  return { type: 'table', columns: [WHAT, { overflow: 'wrap' }], rows: [[whatOf(kind), message]] }
}

function whatOf(kind: TimelineKind): Text {
  const { symbol, title, tone } = presentationOf(kind)
  return { text: `${symbol} ${title}`, tone }
}
