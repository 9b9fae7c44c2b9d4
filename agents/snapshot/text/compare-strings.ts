/** The order of two texts by their code units: the same on every machine, whatever its language. */
export function compareStrings(a: string, b: string): number {
  return Number(a > b) - Number(a < b)
}
