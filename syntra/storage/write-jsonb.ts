/**
 * Writes a value as JSON text for a jsonb parameter, with U+FFFD for what PostgreSQL cannot store (NULs and lone surrogates), as
 * `sanitizeForJsonb` does. In one pass over the text, because parsing and rebuilding a megabyte of evidence blocks the event loop.
 */
export function writeJsonb(value: unknown): string {
  return JSON.stringify(value).replaceAll(HARMFUL, found => (found === ESCAPED_BACKSLASH ? found : '\uFFFD'))
}

// `JSON.stringify` writes both as escapes; an escaped backslash before `u0000` is no such escape.
const HARMFUL = /\\\\|\\u(?:0000|d[89a-f][0-9a-f]{2})/g
const ESCAPED_BACKSLASH = '\\\\'
