import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'

/**
 * Returns canonical JSON (RFC 8785): equal values give equal text. A value that is not JSON is first converted as
 * `JSON.stringify` does (a Date becomes its ISO 8601 text, `undefined` and NaN become null).
 */
export function canonicalJson(value: unknown): string {
  const json = JSON.stringify(value) ?? 'null'
  return canonicalize(JSON.parse(replaceLoneSurrogates(json))) ?? 'null'
}

/** Returns the SHA-256 of the canonical JSON of a value, in hex. */
export function digestOf(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex')
}

/**
 * Computes `digestOf` in steps, for a large value of plain JSON and well-formed text: it yields about every millisecond, so that
 * the event loop is not blocked.
 */
export function* digestInSteps(value: unknown): Generator<undefined, string, undefined> {
  const hash = createHash('sha256')
  const open: { names: string[] | null; parts: unknown[]; index: number }[] = []
  let text = write(value)
  for (let steps = 1; open.length > 0; steps += 1) {
    if (steps % 1_000 === 0) {
      hash.update(text)
      text = ''
      yield
    }
    const frame = open.at(-1)
    if (frame === undefined) break
    const { names, parts, index } = frame
    frame.index += 1
    if (index === parts.length) {
      open.pop()
      text += names === null ? ']' : '}'
    } else {
      const name = names?.[index]
      text += (index === 0 ? '' : ',') + (name === undefined ? '' : `${JSON.stringify(name)}:`)
      text += write(parts[index])
    }
  }
  return hash.update(text).digest('hex')

  function write(part: unknown): string {
    if (part === null || typeof part !== 'object') return JSON.stringify(part)
    const names = Array.isArray(part) ? null : Object.keys(part).sort()
    const fields = part as Record<string, unknown>
    open.push({ names, parts: names?.map(name => fields[name]) ?? (part as unknown[]), index: 0 })
    return names === null ? '[' : '{'
  }
}

// RFC 8785 rejects text that is not well-formed Unicode, but a container may log it. `JSON.stringify` writes half of a
// surrogate pair as an escape and whole pairs as characters; an escaped backslash before `ud800` is not such an escape.
function replaceLoneSurrogates(json: string): string {
  return json.replaceAll(/\\\\|\\ud[89a-f][0-9a-f]{2}/g, found => (found === '\\\\' ? found : '\ufffd'))
}
