const MAX_SEGMENTS = 4
const MAX_SEGMENT_CHARS = 40

/**
 * Returns the path of the field that is nested deeper than `maxDepth` in a JSON text, `ops.0.value`, or undefined if none is. Neither recurses nor
 * parses, and reads each character once, so that a hostile text costs no more than a good one. The text need not be well-formed.
 */
export function findDeepField(json: string, maxDepth: number): string | undefined {
  let depth = 0
  for (let at = 0; at < json.length; at++) {
    const character = json[at]
    if (character === '"') at = endOfString(json, at)
    else if (character === '}' || character === ']') depth -= 1
    else if (character === '{' || character === '[') {
      depth += 1
      if (depth > maxDepth) return describePath(pathAt(json, at))
    }
  }
  return undefined
}

// The keys and indexes that lead to a position.
function pathAt(json: string, position: number): (string | number)[] {
  const path: (string | number)[] = []
  let text = ''
  for (let at = 0; at < position; at++) {
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

// The repetition at the end is the nesting itself; what leads to it is the field.
function describePath(path: (string | number)[]): string {
  const nested = path.at(-1)
  const length = path.findLastIndex(segment => segment !== nested) + 1
  const segments = path.slice(0, Math.min(length, MAX_SEGMENTS))
  return segments.map(segment => String(segment).slice(0, MAX_SEGMENT_CHARS)).join('.') || '(body)'
}

function endOfString(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1); end !== -1; end = json.indexOf('"', end + 1)) {
    let backslashes = 0
    while (json[end - 1 - backslashes] === '\\') backslashes += 1
    if (backslashes % 2 === 0) return end
  }
  return json.length
}
