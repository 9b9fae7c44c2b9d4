import { toSingleLine } from './to-single-line.ts'

/** Somebody else's text as one harmless line of at most 180 characters, in quotation marks. */
export function quote(text: string): string {
  return `“${toSingleLine(text)}”`
}
