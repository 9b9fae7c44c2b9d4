import type { Tone } from '@goalixa/agents/report/timeline-kinds'

/** A piece of text as it is, which may come from others; whoever shows it escapes it for their surface. */
export type Span = { text: string; tone?: Tone }
export type Text = string | Span | readonly (string | Span)[]

export type Column = {
  align?: 'left' | 'right'
  /** So that rows which are shown one by one line up. */
  minWidth?: number
  /** What happens in a narrow place: at most one column of a table gives way. */
  overflow?: 'wrap' | 'truncate'
}

/** What a command has to show, without a word on how: a terminal, a chat or a page renders the same blocks. */
export type Block =
  | { type: 'heading'; text: Text }
  | { type: 'paragraph'; text: Text }
  | { type: 'list'; items: readonly { marker: Span; text: Text }[] }
  | { type: 'table'; columns: readonly Column[]; rows: readonly (readonly Text[])[] }
  | { type: 'json'; value: unknown }
  /** Text that is formatted already and holds nothing harmful. */
  | { type: 'preformatted'; text: string }

export const heading = (text: Text): Block => ({ type: 'heading', text })
export const paragraph = (text: Text): Block => ({ type: 'paragraph', text })
export const list = (items: readonly { marker: Span; text: Text }[]): Block => ({ type: 'list', items })

export const strong = (text: string): Span => ({ text, tone: 'strong' })
export const muted = (text: string): Span => ({ text, tone: 'muted' })
export const bullet: Span = muted('-')
