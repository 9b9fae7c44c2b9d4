import { parseJson as parseLimitedJson } from '@goalixa/tools/parse-json'

/** Parses the JSON in the answer of a model, with or without a code fence; undefined if there is none. */
export function parseJson(text: string): unknown {
  const start = text.indexOf('{')
  const end = text.lastIndexOf('}')
  if (start === -1 || end < start) return undefined
  try {
    return parseLimitedJson(text.slice(start, end + 1)).value
  } catch {
    return undefined
  }
}
