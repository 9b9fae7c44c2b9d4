import pc from 'picocolors'
import type { Measure } from './measure-work.ts'

/** Prints rate and latency, each with its ratio to the baseline of the same run. */
export function printMeasure(
  label: string,
  { perSecond, p50Ms, p99Ms, unexpected }: Measure,
  baseline: Measure,
): void {
  const ratio = (value: number, of: number) => pc.dim(`(${(value / of).toFixed(2)}×)`)
  const faults = unexpected > 0 ? pc.red(`   ${unexpected} unexpected answers`) : ''
  process.stdout.write(
    `${label.padEnd(24)} ${perSecond.toFixed(0).padStart(6)} per second ${ratio(perSecond, baseline.perSecond)}   p50 ${p50Ms.toFixed(1)} ms ${ratio(p50Ms, baseline.p50Ms)}   p99 ${p99Ms.toFixed(1)} ms ${ratio(p99Ms, baseline.p99Ms)}${faults}\n`,
  )
}
