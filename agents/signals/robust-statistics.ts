/** The value below which the given share (0..1) lies, linearly interpolated; NaN for no values. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  if (sorted.length === 0) return Number.NaN
  const position = (sorted.length - 1) * Math.min(Math.max(share, 0), 1)
  const low = sorted[Math.floor(position)] ?? Number.NaN
  const high = sorted[Math.ceil(position)] ?? low
  return low + (high - low) * (position - Math.floor(position))
}

/** The middle value; NaN for no values. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** The standard deviation that a normal distribution with this interquartile range would have. */
export function robustSpread(values: readonly number[]): number {
  return (quantile(values, 0.75) - quantile(values, 0.25)) / 1.349
}
