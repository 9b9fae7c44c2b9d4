import pc from 'picocolors'

/** Prints a value as a multiple of its reference, with the largest multiple that is allowed. Returns whether the value is within that limit. */
export function printBound(
  what: string,
  value: number,
  reference: number,
  max: number,
  beside: string,
  write = format,
): boolean {
  const ratio = value / reference
  const isKept = reference > 0 && ratio <= max
  const text = `${what.padEnd(36)} ${ratio.toFixed(2)} × ${beside} (${write(value)} of ${write(reference)}; at most ${max} ×)`
  process.stdout.write(`${isKept ? pc.green('kept  ') : pc.red('broken')} ${text}\n`)
  return isKept
}

function format(value: number): string {
  return value >= 1_048_576 ? `${(value / 1_048_576).toFixed(0)} Mi` : `${value.toFixed(0)} ms`
}
