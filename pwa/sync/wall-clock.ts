/** One reading of both clocks of a device. The steady one cannot be set, but on some platforms it stands still in sleep. */
export type ClockSample = { wallMs: number; steadyMs: number }

/** A time that the device did not observe: its clock was ahead by `aheadMs` afterwards, because it slept or was set. */
export type Pause = {
  /** The number of the first op after it. */
  seq: number
  aheadMs: number
  /** Whether the server had confirmed the correction before. */
  isMeasuredBefore: boolean
}

/** What a device knows about its wall clock. The corrected time is the wall clock plus the correction. */
export type WallClock = {
  correctionMs: number
  /** Whether an answer of the server has confirmed the correction since the last pause. */
  isMeasured: boolean
  /** How far off a confirmed correction may be: the round trip of the answer. */
  uncertaintyMs: number
  /** The corrected time of the last step; 0 before the first. */
  lastMs: number
  /** The sum of all jumps of the clock that pages have recorded. */
  jumpsMs: number
  /** The pauses since the last confirmed correction, oldest first. */
  pauses: readonly Pause[]
}

/** A page's last sample of the clocks, and the jumps that were recorded by then. */
export type LastSample = { sample: ClockSample; jumpsMs: number }

export const NEW_WALL_CLOCK: WallClock = {
  correctionMs: 0,
  isMeasured: false,
  uncertaintyMs: 0,
  lastMs: 0,
  jumpsMs: 0,
  pauses: [],
}

/** The two clocks are not read at the same instant and drift apart by seconds per day. */
const TOLERANCE_MS = 1_000
const MAX_PAUSES = 32
/** Of so many pauses each subset can be tried. */
const MAX_EXPLAINING_PAUSES = 10

/** Returns the jump of the wall clock that a page has seen since its last sample and that no page has recorded yet. */
export function findJump({ jumpsMs }: WallClock, sample: ClockSample, last: LastSample): number {
  const jumpMs = sample.wallMs - last.sample.wallMs - (sample.steadyMs - last.sample.steadyMs)
  const unrecordedMs = jumpMs - (jumpsMs - last.jumpsMs)
  // Another page has recorded a jump from before this page's last sample.
  if (Math.abs(jumpMs) <= TOLERANCE_MS) return 0
  return Math.abs(unrecordedMs) <= TOLERANCE_MS ? 0 : unrecordedMs
}

/**
 * Returns the clock after a page has sampled it, and the page's last sample. A jump back is always a changed clock, so
 * the correction makes up for it. A jump ahead is a sleep or a changed clock: the next answer of the server decides.
 */
export function observeClock(
  clock: WallClock,
  sample: ClockSample,
  { last, nextSeq }: { last: LastSample | undefined; nextSeq: number },
): { clock: WallClock; last: LastSample } {
  const jumpMs = last === undefined ? sinceLastPage(clock, sample) : findJump(clock, sample, last)
  const jumpsMs = last === undefined ? clock.jumpsMs : clock.jumpsMs + jumpMs
  const correctionMs = clock.correctionMs - Math.min(jumpMs, 0)
  const isPause = last === undefined ? clock.lastMs > 0 : jumpMs > 0
  const pause: Pause = { seq: nextSeq, aheadMs: jumpMs, isMeasuredBefore: clock.isMeasured }
  const next = {
    ...clock,
    correctionMs,
    jumpsMs,
    lastMs: sample.wallMs + correctionMs,
    isMeasured: clock.isMeasured && !isPause,
    pauses: isPause ? limitPauses([...clock.pauses, pause]) : clock.pauses,
  }
  const isUnchanged = last !== undefined && jumpMs === 0 && last.jumpsMs === jumpsMs
  return { clock: next, last: isUnchanged ? last : { sample, jumpsMs } }
}

// Forgets the pause that says least: not the first, which tells whether the clock was confirmed before, nor one that may
// explain an error because it is among the last, the longest or the shortest.
function limitPauses(pauses: readonly Pause[]): readonly Pause[] {
  if (pauses.length <= MAX_PAUSES) return pauses
  const byJump = pauses.slice(1, -MAX_EXPLAINING_PAUSES).toSorted((a, b) => a.aheadMs - b.aheadMs)
  const forgotten = byJump[Math.floor(byJump.length / 2)]
  return pauses.filter(pause => pause !== forgotten)
}

// The steady clock of an earlier page has ended with it: time has passed, but time never goes back.
function sinceLastPage({ lastMs, correctionMs }: WallClock, { wallMs }: ClockSample): number {
  return lastMs === 0 ? 0 : wallMs + correctionMs - lastMs
}

/** Returns the corrected time, also if the clock was set back since the page's last sample. */
export function correctedNow(clock: WallClock, sample: ClockSample, last: LastSample | undefined): number {
  const jumpMs = last === undefined ? sinceLastPage(clock, sample) : findJump(clock, sample, last)
  return sample.wallMs + clock.correctionMs - Math.min(jumpMs, 0)
}

/** The bounds within which the error of a correction lies. */
export type ClockError = { leastMs: number; mostMs: number }

/** Returns the bounds that an answer gives: the server read its clock between the request and the answer. */
export function measureError(
  { correctionMs }: WallClock,
  { serverMs, receivedMs, roundTripMs }: { serverMs: number; receivedMs: number; roundTripMs: number },
): ClockError {
  const leastMs = Math.round(serverMs - receivedMs - correctionMs)
  return { leastMs, mostMs: Math.round(leastMs + roundTripMs) }
}

/** Whether the correction cannot be right. */
export function isWrong({ leastMs, mostMs }: ClockError): boolean {
  return leastMs > 0 || mostMs < 0
}

/**
 * Distributes an error of the correction over the pauses: returns by how much the readings before the first pause, and
 * after each pause, have to be shifted; the last number is the error itself. Pauses in which the clock was set by all that
 * it was ahead afterwards explain the error, if some of them sum to it. Otherwise the clock was wrong all the time, unless
 * the server had confirmed it: then it was set during one pause, most probably the one for which the device can say least.
 */
export function distributeError(
  { pauses, uncertaintyMs }: Pick<WallClock, 'pauses' | 'uncertaintyMs'>,
  error: ClockError,
): number[] {
  const toleranceMs = 2 * TOLERANCE_MS + uncertaintyMs
  const bounds = { leastMs: error.leastMs - toleranceMs, mostMs: error.mostMs + toleranceMs }
  const explaining = findExplaining(pauses.slice(-MAX_EXPLAINING_PAUSES), bounds)
  const setMs = sumOf(explaining ?? [])
  // As near to what is believed as the bounds allow, so that a slow answer never makes a good correction worse.
  const errorMs = Math.min(Math.max(0 - setMs, error.leastMs), error.mostMs)
  const doubtful = explaining?.[0] ?? findDoubtful(pauses, errorMs, explaining !== undefined)
  const isConfirmed = pauses[0]?.isMeasuredBefore === true
  const from = isConfirmed && doubtful !== undefined ? pauses.indexOf(doubtful) + 1 : 0
  return [undefined, ...pauses].map((_, index) => {
    const set = pauses.slice(0, index).filter(pause => explaining?.includes(pause))
    return (index >= from ? errorMs + setMs : 0) - sumOf(set)
  })
}

// If the clock was set back between two pages, the correction made up for the least that is possible.
function findDoubtful(pauses: readonly Pause[], errorMs: number, isExplained: boolean): Pause | undefined {
  const byJump = pauses.toSorted((a, b) => a.aheadMs - b.aheadMs)
  if (errorMs > 0 && byJump[0] && byJump[0].aheadMs < 0) return byJump[0]
  if (isExplained) return undefined
  return errorMs < 0 ? byJump.at(-1) : byJump[0]
}

// Returns the smallest set of pauses in which the clock, if it was set in each, would have come to be ahead by the error.
function findExplaining(pauses: readonly Pause[], { leastMs, mostMs }: ClockError): Pause[] | undefined {
  const ahead = pauses.filter(({ aheadMs }) => aheadMs > 2 * TOLERANCE_MS)
  const sets = Array.from({ length: 2 ** ahead.length }, (_, bits) =>
    ahead.filter((_pause, index) => bits & (2 ** index)),
  )
  const isWithin = (ms: number) => ms >= leastMs && ms <= mostMs
  return sets.filter(set => isWithin(-sumOf(set))).toSorted((a, b) => a.length - b.length)[0]
}

function sumOf(pauses: readonly Pause[]): number {
  return pauses.reduce((sum, { aheadMs }) => sum + aheadMs, 0)
}
