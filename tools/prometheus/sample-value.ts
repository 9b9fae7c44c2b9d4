/** A sample's value as a number; null for NaN and the infinities, which JSON does not have. */
export function sampleValue(text: string): number | null {
  const value = text === '' ? Number.NaN : Number(text)
  return Number.isFinite(value) ? value : null
}
