const UNITS: Record<string, number> = {
  '': 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
}

/** A Kubernetes quantity (`256Mi`, `500m`, 2) as a number in its base unit, or null. */
export function quantityOf(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  const match = typeof value === 'string' ? value.match(/^([0-9.]+)([A-Za-z]{0,2})$/) : null
  const unit = UNITS[match?.[2] ?? '']
  const number = Number(match?.[1])
  return match === null || unit === undefined || Number.isNaN(number) ? null : number * unit
}
