/** Returns a name as it is saved: one line, without spaces around it or two in a row. */
export function cleanName(text: string): string {
  return text.trim().replace(/\s+/g, ' ')
}
