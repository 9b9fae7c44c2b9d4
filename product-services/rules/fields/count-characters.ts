/**
 * Counts the characters of a text as its limit does: Unicode code points, as for PostgreSQL and JSON Schema. An emoji is one,
 * not the two code units that JavaScript and HTML's maxlength count. What looks like one character is not counted: it depends
 * on the version of Unicode, so a device and the server could disagree.
 */
export function countCharacters(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}
