type Limits = { maxDepth: number; maxValues: number }
/** The limit that a JSON text exceeds, and the field that does. */
type Excess = { limit: 'depth' | 'values'; field: string }

const MAX_SEGMENTS = 4
const MAX_SEGMENT_CHARS = 40

const [OTHER, SPACE, QUOTE, BACKSLASH, COMMA, OPENER, CLOSER] = [0, 1, 2, 3, 4, 5, 6] as const
const KINDS = new Uint8Array(256)
for (const [kind, characters] of [
  [SPACE, ' \n\r\t'],
  [QUOTE, '"'],
  [BACKSLASH, '\\'],
  [COMMA, ','],
  [OPENER, '{['],
  [CLOSER, '}]'],
] as const)
  for (const byte of Buffer.from(characters)) KINDS[byte] = kind

/**
 * Returns what exceeds a limit in a JSON text in UTF-8: a field that is nested deeper than `maxDepth`, such as `ops.0.value`, or more than
 * `maxValues` lists, objects and their members in all. Neither recurses nor parses, and reads each byte once, so that a hostile text costs no
 * more than a good one. The text need not be well-formed.
 */
export function findJsonExcess(json: Buffer, { maxDepth, maxValues }: Limits): Excess | undefined {
  let depth = 0
  let values = 1
  let isText = false
  let last: number = OTHER
  for (let at = 0; at < json.length; at++) {
    const kind = KINDS[json[at] as number] as number
    if (isText) {
      if (kind === BACKSLASH) at += 1
      else if (kind === QUOTE) isText = false
    } else if (kind !== SPACE) {
      // A list or object has as many members as commas and one more, unless it is empty.
      if (last === OPENER && kind !== CLOSER) values += 1
      if (kind === QUOTE) isText = true
      else if (kind === COMMA) values += 1
      else if (kind === OPENER) depth += 1
      else if (kind === CLOSER) depth -= 1
      last = kind
      if (depth > maxDepth)
        return { limit: 'depth', field: describePath(pathTo(json.toString('utf8', 0, at))) }
      if (values > maxValues) return { limit: 'values', field: '(body)' }
    }
  }
  return undefined
}

// The keys and indexes that lead to the end of a text.
function pathTo(json: string): (string | number)[] {
  const path: (string | number)[] = []
  let text = ''
  for (let at = 0; at < json.length; at++) {
    const character = json[at]
    const last = path.at(-1)
    if (character === '"') {
      const end = endOfString(json, at)
      text = json.slice(at + 1, end)
      at = end
    } else if (character === '[') path.push(0)
    else if (character === '{') path.push('')
    else if (character === ']' || character === '}') path.pop()
    else if (character === ':') path.splice(-1, 1, text)
    else if (character === ',' && typeof last === 'number') path.splice(-1, 1, last + 1)
  }
  return path
}

function endOfString(json: string, start: number): number {
  for (let end = start + 1; end < json.length; end++) {
    if (json[end] === '\\') end += 1
    else if (json[end] === '"') return end
  }
  return json.length
}

// The repetition at the end is the nesting itself; what leads to it is the field.
function describePath(path: (string | number)[]): string {
  const nested = path.at(-1)
  const length = path.findLastIndex(segment => segment !== nested) + 1
  const segments = path.slice(0, Math.min(length, MAX_SEGMENTS))
  return segments.map(segment => String(segment).slice(0, MAX_SEGMENT_CHARS)).join('.') || '(body)'
}
