import type { Tone } from '@goalixa/agents/report/timeline-kinds'

/** A piece of raw text, possibly foreign; each surface escapes it in its own way. */
export type Span = { text: string; tone?: Tone }
export type Text = string | Span | readonly (string | Span)[]

export type Column = {
  align?: 'left' | 'right'
  /** Aligns rows that are shown one by one. */
  minWidth?: number
  /** What a column does when there is little room: at most one column of a table shrinks or wraps. */
  overflow?: 'wrap' | 'truncate'
}

/** What a command shows, independent of the surface: a terminal, a chat or a page renders the same blocks. */
export type Block =
  | { type: 'heading'; text: Text }
  | { type: 'paragraph'; text: Text }
  | { type: 'list'; items: readonly { marker: Span; text: Text }[] }
  | { type: 'table'; columns: readonly Column[]; rows: readonly (readonly Text[])[] }
  | { type: 'json'; value: unknown }
  /** Preformatted text that is known to be safe. */
  | { type: 'preformatted'; text: string }

export const heading = (text: Text): Block => ({ type: 'heading', text })
export const paragraph = (text: Text): Block => ({ type: 'paragraph', text })
export const list = (items: readonly { marker: Span; text: Text }[]): Block => ({ type: 'list', items })

export const muted = (text: string): Span => ({ text, tone: 'muted' })
export const bullet: Span = muted('-')
