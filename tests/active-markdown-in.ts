const HEADING = /^#{1,2} /
const ROW = /^\| .* \|$/

/**
 * Lists everything in a report that Markdown would render as more than plain text: HTML, links, images, code, foreign
 * headings and lists, malformed tables. Backslash escapes are removed first, as a renderer does.
 */
export function activeMarkdownIn(report: string): string[] {
  const lines = report.split('\n').map(line => line.replace(/\\[\p{P}\p{S}]/gu, ''))
  return [...lines.flatMap(findMarkup), ...emphasisLeftOpen(lines)]
}

function findMarkup(line: string): string[] {
  const text = line.replace(/`[\w-]+`/g, '')
  const signs: [string, boolean][] = [
    ['html', /[<>]/.test(text)],
    ['link or image', /\]\(|\]\[|!\[|^\s*\[[^\]]*\]:/.test(text)],
    ['autolink', /:\/\/|\bwww\.|\w@\w/i.test(text)],
    ['mention', /(?:^|[^\w])@\w/.test(text)],
    ['code', /`|^(?: {4}|\t)|~~~/.test(text)],
    ['entity', /&(?:#\d+|#x[\da-f]+|\w+);/i.test(text)],
    ['heading', line.startsWith('#') && !HEADING.test(line)],
    ['ruler or underlined heading', /^\s*(?:=+|-{2,}|\*{3,}|_{3,})\s*$/.test(text)],
    ['table', /\|/.test(text) && !(ROW.test(line) && line.split('|').length === 6)],
    ['checkbox', /^\s*[-*+] \[[ x]\]/i.test(text)],
  ]
  return signs.filter(([, isThere]) => isThere).map(([sign]) => `${sign}: ${line.slice(0, 200)}`)
}

// Bold titles of the report are whole lines; any other star or underscore comes from foreign text.
function emphasisLeftOpen(lines: string[]): string[] {
  return lines
    .filter(line => /[*_~]/.test(line.replace(/^\*\*[\w ,:-]+\*\*$/, '').replace(/`[\w-]+`/g, '')))
    .map(line => `emphasis: ${line.slice(0, 200)}`)
}
