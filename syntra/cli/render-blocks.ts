import type { Tone } from '@goalixa/agents/report/timeline-kinds'
import cliTruncate from 'cli-truncate'
import pc from 'picocolors'
import stringWidth from 'string-width'
import wrapAnsi from 'wrap-ansi'
import type { Block, Column, Span, Text } from '../commands/presentation/blocks.ts'
import { escapeForTerminal } from './escape-for-terminal.ts'
import { stringifyForTerminal } from './stringify-for-terminal.ts'

const COLOURS: Record<Tone, (text: string) => string> = {
  info: pc.cyan,
  success: pc.green,
  attention: pc.yellow,
  failure: pc.red,
  strong: pc.bold,
  muted: pc.dim,
}

const GAP = '  '
/** Longer lines of prose are hard to read, however wide the terminal is. */
const MAX_LINE = 120
/** A flexible column keeps at least this width, even if the line then is too long. */
const MIN_FLEXIBLE = 20

/**
 * Renders blocks as text for a terminal of that many columns; without a number, nothing is wrapped. All text is escaped
 * here, and nowhere else. An empty line precedes a heading, unless it is the first block.
 */
export function renderBlocks(blocks: readonly Block[], columns?: number): string {
  const width = columns === undefined ? undefined : Math.max(MIN_FLEXIBLE, columns)
  return blocks
    .map((block, index) => `${block.type === 'heading' && index > 0 ? '\n' : ''}${renderBlock(block, width)}`)
    .join('')
}

function renderBlock(block: Block, width: number | undefined): string {
  if (block.type === 'preformatted') return block.text
  if (block.type === 'json') return `${stringifyForTerminal(block.value, 2)}\n`
  if (block.type === 'heading') return toLines(wrap(pc.bold(format(block.text)), width))
  if (block.type === 'paragraph') return toLines(wrap(format(block.text), width))
  if (block.type === 'table') return renderTable(block.columns, block.rows, width)
  const rows = block.items.map(({ marker, text }) => ['', marker, text])
  return renderTable([{}, { align: 'right' }, { overflow: 'wrap' }], rows, width, ['', ' '])
}

/** Every row as one line, or more where its flexible column wraps; `gaps` separate the columns. */
function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly Text[])[],
  width: number | undefined,
  gaps?: readonly string[],
): string {
  const cells = rows.map(row => row.map(format))
  const widths = columns.map(({ minWidth = 0 }, index) =>
    Math.max(minWidth, ...cells.map(row => stringWidth(row[index] ?? ''))),
  )
  const gapAfter = (index: number) => gaps?.[index] ?? GAP
  const flexible = columns.findIndex(({ overflow }) => overflow !== undefined)
  if (width !== undefined && flexible >= 0) {
    const limit = columns[flexible]?.overflow === 'wrap' ? Math.min(width, MAX_LINE) : width
    const others = widths.filter((_, index) => index !== flexible)
    const gapsWidth = columns.slice(1).reduce((sum, _, index) => sum + gapAfter(index).length, 0)
    const room = limit - others.reduce((sum, other) => sum + other, 0) - gapsWidth
    widths[flexible] = Math.min(widths[flexible] ?? 0, Math.max(MIN_FLEXIBLE, room))
  }
  return cells.map(row => toLines(renderRow(row))).join('')

  function renderRow(row: readonly string[]): string[] {
    const wrapped = row.map((cell, index) => fit(cell, columns[index] ?? {}, widths[index] ?? 0))
    const height = Math.max(...wrapped.map(lines => lines.length))
    return Array.from({ length: height }, (_, line) =>
      wrapped
        .map(
          (lines, index) =>
            pad(lines[line] ?? '', columns[index] ?? {}, widths[index] ?? 0) + gapAfter(index),
        )
        .join(''),
    )
  }
}

function fit(cell: string, { overflow }: Column, width: number): string[] {
  if (overflow === undefined || stringWidth(cell) <= width) return [cell]
  return overflow === 'truncate'
    ? [cliTruncate(cell, width)]
    : wrapAnsi(cell, width, { hard: true }).split('\n')
}

function pad(cell: string, { align = 'left' }: Column, width: number): string {
  const padding = ' '.repeat(Math.max(0, width - stringWidth(cell)))
  return align === 'right' ? padding + cell : cell + padding
}

function wrap(text: string, width: number | undefined): string[] {
  if (width === undefined) return [text]
  return wrapAnsi(text, Math.min(width, MAX_LINE), { hard: true }).split('\n')
}

function format(text: Text): string {
  const spans: readonly (string | Span)[] = typeof text === 'string' || 'text' in text ? [text] : text
  return spans
    .map(span => {
      if (typeof span === 'string') return escapeForTerminal(span)
      const escaped = escapeForTerminal(span.text)
      return span.tone === undefined ? escaped : COLOURS[span.tone](escaped)
    })
    .join('')
}

function toLines(lines: readonly string[]): string {
  return lines.map(line => `${line.trimEnd()}\n`).join('')
}
