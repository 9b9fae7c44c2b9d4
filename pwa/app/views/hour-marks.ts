/** A full hour on the local clock; `hour` is what the clock shows, and 24 the end of the day. */
export type HourMark = { ms: number; hour: number }

const STEP_MS = 15 * 60_000

/**
 * Returns the full hours of a local day, its end included. When the clocks change, an hour is missing or comes twice, and
 * a change by half an hour moves those after it: so the clock is read, not computed. No zone is off by less than 15 minutes.
 */
export function hourMarks({ fromMs, toMs }: { fromMs: number; toMs: number }): HourMark[] {
  const marks: HourMark[] = []
  for (let ms = fromMs; ms < toMs; ms += STEP_MS) {
    const time = new Date(ms)
    if (time.getMinutes() === 0) marks.push({ ms, hour: time.getHours() })
  }
  return [...marks, { ms: toMs, hour: 24 }]
}
