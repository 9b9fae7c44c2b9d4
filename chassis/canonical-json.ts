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

// RFC 8785 rejects text that is not well-formed Unicode, but a container may log it. `JSON.stringify` writes half of a
// surrogate pair as an escape and whole pairs as characters; an escaped backslash before `ud800` is not such an escape.
function replaceLoneSurrogates(json: string): string {
  return json.replaceAll(/\\\\|\\ud[89a-f][0-9a-f]{2}/g, found => (found === '\\\\' ? found : '\ufffd'))
}
