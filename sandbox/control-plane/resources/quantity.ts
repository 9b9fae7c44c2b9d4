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
const PATTERN = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE][+-]?\d+)|([a-zA-Z]{0,2}))$/

/** The number behind a quantity such as 500m, 128Mi or 2e3; `undefined` if it is not one. */
export function parseQuantity(text: string | number | undefined): number | undefined {
  if (typeof text === 'number') return text
  const match = PATTERN.exec(text ?? '')
  if (!match) return undefined
  const [, digits = '', exponent, suffix = ''] = match
  if (exponent) return Number(`${digits}${exponent}`)
  const factor = FACTORS[suffix]
  return factor === undefined ? undefined : Number(digits) * factor
}

/** The number behind a quantity, 0 where there is none. */
export function quantityOr0(text: string | number | undefined): number {
  return parseQuantity(text) ?? 0
}

/** CPU cores as a quantity: 0.25 → 250m. */
export function cpuQuantity(cores: number): string {
  const milli = Math.ceil(cores * 1000 - 1e-6)
  return milli % 1000 === 0 ? String(milli / 1000) : `${milli}m`
}

/** Bytes as a quantity in the largest binary unit that divides them. */
export function bytesQuantity(bytes: number): string {
  const whole = Math.ceil(bytes)
  for (const unit of ['Ti', 'Gi', 'Mi', 'Ki'] as const) {
    const size = FACTORS[unit] ?? 1
    if (whole !== 0 && whole % size === 0) return `${whole / size}${unit}`
  }
  return String(whole)
}
