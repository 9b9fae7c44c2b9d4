/** The number of a Kubernetes quantity (`250m`, `64Mi`, `1e3`, `2`), in cores, bytes or pieces. NaN if it is none. */
export function parseQuantity(quantity: string | number | undefined): number {
  const match = /^([+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)([a-zA-Z]*)$/.exec(String(quantity ?? ''))
  const factor = FACTORS[match?.[2] ?? 'none']
  return match && factor !== undefined ? Number(match[1]) * factor : Number.NaN
}

const FACTORS: Record<string, number> = {
  '': 1,
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
}
