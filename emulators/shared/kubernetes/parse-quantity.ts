const EXPONENTS: Record<string, number> = { n: -9, u: -6, m: -3, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 }
const BINARY = 'KMGTPE'

/**
 * Parses a Kubernetes quantity: cores for "250m", bytes for "64Mi". NaN if it is not a quantity. Source:
 * https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export function parseQuantity(quantity: string | number | undefined): number {
  if (typeof quantity === 'number') return quantity
  const text = quantity?.trim() ?? ''
  const end = text.search(/(?:[KMGTPE]i|[numkMGTPE])$/)
  const suffix = end < 0 ? '' : text.slice(end)
  const number = end < 0 ? text : text.slice(0, end)
  if (!/^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/.test(number)) return Number.NaN
  // An exponent and a suffix are mutually exclusive.
  if (suffix !== '' && /e/i.test(number)) return Number.NaN
  if (suffix.endsWith('i')) return Number(number) * 1024 ** (BINARY.indexOf(suffix.charAt(0)) + 1)
  // The exponent is parsed as part of the number, because 250 * 1e-3 would lose a digit that 250e-3 keeps.
  return suffix === '' ? Number(number) : Number(`${number}e${EXPONENTS[suffix]}`)
}
