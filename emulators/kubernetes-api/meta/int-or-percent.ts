/** A number of pods out of a count or a percentage of all. */
export function countOf(value: number | string, total: number, rounding: 'up' | 'down'): number {
  if (typeof value === 'number') return value
  const exact = (Number(value.replace('%', '')) * total) / 100
  return rounding === 'up' ? Math.ceil(exact) : Math.floor(exact)
}
