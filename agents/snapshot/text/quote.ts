import { toSingleLine } from './to-single-line.ts'

/** Text from outside as one line of at most 180 characters without control characters, in quotation marks. */
export function quote(text: string): string {
  return `“${toSingleLine(text)}”`
}
