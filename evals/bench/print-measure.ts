import pc from 'picocolors'
import type { Measure } from './measure-work.ts'

/** Prints rate and latency, each with its ratio to the yardstick of the same run. */
export function printMeasure(
  what: string,
  { perSecond, p50Ms, p99Ms, unexpected }: Measure,
  yardstick: Measure,
): void {
  const ratio = (value: number, of: number) => pc.dim(`(${(value / of).toFixed(2)}×)`)
  const faults = unexpected > 0 ? pc.red(`   ${unexpected} with another status`) : ''
  process.stdout.write(
    `${what.padEnd(24)} ${perSecond.toFixed(0).padStart(6)} a second ${ratio(perSecond, yardstick.perSecond)}   p50 ${p50Ms.toFixed(1)} ms ${ratio(p50Ms, yardstick.p50Ms)}   p99 ${p99Ms.toFixed(1)} ms ${ratio(p99Ms, yardstick.p99Ms)}${faults}\n`,
  )
}
