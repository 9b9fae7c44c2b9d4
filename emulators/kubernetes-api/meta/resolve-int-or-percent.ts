/** Resolves a count or a percentage of the total to a number of pods. */
export function resolveIntOrPercent(value: number | string, total: number, rounding: 'up' | 'down'): number {
  if (typeof value === 'number') return value
  const exact = (Number(value.replace('%', '')) * total) / 100
  return rounding === 'up' ? Math.ceil(exact) : Math.floor(exact)
}
