import { join } from 'node:path'
import { text } from 'node:stream/consumers'

// Draws what a terminal showed as a picture:
//   FORCE_COLOR=1 bin/demo --yes 2>/dev/null | node_modules/.bin/node docs/images/render-demo.ts > docs/images/demo.svg

// Where this clone happens to lie is nobody's business.
const REPOSITORY = join(import.meta.dirname, '../..')
const COLUMNS = 128
const CHARACTER = 7.23
const LINE = 17
const MARGIN = 16
const COLOURS: Record<number, string> = {
  31: '#ff7b72',
  32: '#7ee787',
  33: '#e3b341',
  34: '#79c0ff',
  35: '#d2a8ff',
  36: '#76e3ea',
  90: '#8b949e',
}
type Style = { bold?: boolean; dim?: boolean; colour?: string }
type Cell = { character: string; style: Style }

const output = (await text(process.stdin)).replaceAll(REPOSITORY, '~/goalixa')
const lines = cellsOf(output).flatMap(wrapped)
process.stdout.write(svgOf(lines))

/** The visible characters of each line with the style that ANSI colour codes gave them. Other codes are left out. */
function cellsOf(output: string): Cell[][] {
  let style: Style = {}
  return output
    .trimEnd()
    .split('\n')
    .map(line => {
      const cells: Cell[] = []
      // biome-ignore lint/suspicious/noControlCharactersInRegex: an ANSI code begins with one.
      for (const [part, codes] of line.matchAll(/\u001b\[([\d;]*)m|\u001b\[[\d;?]*[A-Za-z]|[^\u001b]/gu)) {
        if (codes !== undefined) for (const code of codes.split(';')) style = styled(style, Number(code))
        else if (!part.startsWith('\u001b')) cells.push({ character: part, style })
      }
      return cells
    })
}

function styled(style: Style, code: number): Style {
  if (code === 0) return {}
  if (code === 1) return { ...style, bold: true }
  if (code === 2) return { ...style, dim: true }
  if (code === 22) return { colour: style.colour }
  if (code === 39) return { ...style, colour: undefined }
  return COLOURS[code] ? { ...style, colour: COLOURS[code] } : style
}

// What is longer than the picture goes on below, under where its own text began.
function wrapped(cells: Cell[]): Cell[][] {
  if (cells.length <= COLUMNS) return [cells]
  const plain = cells.map(({ character }) => character).join('')
  const space = plain.lastIndexOf(' ', COLUMNS)
  const indent = /^( *\d+ s {2}\S+ +|\s*(?:[→+−○] )?)/.exec(plain)?.[0].length ?? 0
  const cut = space > indent ? space : COLUMNS
  const filler = Array.from({ length: indent }, () => ({ character: ' ', style: {} }))
  return [cells.slice(0, cut), ...wrapped([...filler, ...cells.slice(cut).slice(space > indent ? 1 : 0)])]
}

function svgOf(rows: Cell[][]): string {
  const width = Math.round(COLUMNS * CHARACTER + 2 * MARGIN)
  const height = rows.length * LINE + 2 * MARGIN
  const texts = rows.map((row, index) => {
    const y = MARGIN + (index + 0.75) * LINE
    return row.length === 0 ? '' : `<text x="${MARGIN}" y="${y}">${spansOf(row)}</text>\n`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="The output of bin/demo">
<style>text{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#e6edf3;white-space:pre}.b{font-weight:700}.d{opacity:.6}</style>
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
${texts.join('')}</svg>
`
}

function spansOf(row: Cell[]): string {
  const runs: { style: Style; text: string }[] = []
  for (const { character, style } of row) {
    const last = runs.at(-1)
    if (last && JSON.stringify(last.style) === JSON.stringify(style)) last.text += character
    else runs.push({ style, text: character })
  }
  return runs.map(({ style, text: shown }) => spanOf(style, shown)).join('')
}

function spanOf({ bold, dim, colour }: Style, shown: string): string {
  const classes = [bold && 'b', dim && 'd'].filter(Boolean).join(' ')
  const attributes = `${classes && ` class="${classes}"`}${colour ? ` style="fill:${colour}"` : ''}`
  const escaped = shown.replace(/[&<>]/g, character => `&#${character.charCodeAt(0)};`)
  return attributes ? `<tspan${attributes}>${escaped}</tspan>` : escaped
}
