/** One look at both clocks of a device. The steady one cannot be set, but on some platforms it stands still in sleep. */
export type Look = { wallMs: number; steadyMs: number }

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
  /** The corrected time of the last step; 0 before the first. */
  lastMs: number
  /** The sum of all jumps of the clock that pages have recorded. */
  jumpsMs: number
  /** The pauses since the last confirmed correction, oldest first. */
  pauses: readonly Pause[]
}

/** A page's last look at the clocks, and the jumps that were recorded by then. */
export type Seen = { look: Look; jumpsMs: number }

export const NEW_WALL_CLOCK: WallClock = {
  correctionMs: 0,
  isMeasured: false,
  lastMs: 0,
  jumpsMs: 0,
  pauses: [],
}

/** The two clocks are not read at the same instant and drift apart by seconds per day. */
const TOLERANCE_MS = 1_000
const MAX_PAUSES = 32

/** Returns the jump of the wall clock that a page has seen since its last look and that no page has recorded yet. */
export function findJump({ jumpsMs }: WallClock, look: Look, seen: Seen): number {
  const jumpMs = look.wallMs - seen.look.wallMs - (look.steadyMs - seen.look.steadyMs)
  const unrecordedMs = jumpMs - (jumpsMs - seen.jumpsMs)
  // Another page has recorded a jump from before this page's last look.
  if (Math.abs(jumpMs) <= TOLERANCE_MS) return 0
  return Math.abs(unrecordedMs) <= TOLERANCE_MS ? 0 : unrecordedMs
}

/**
 * Returns the clock after a page has looked at it, and what the page has seen. A jump back is always a changed clock, so
 * the correction makes up for it. A jump ahead is a sleep or a changed clock: the next answer of the server decides.
 */
export function observeClock(
  clock: WallClock,
  look: Look,
  { seen, nextSeq }: { seen: Seen | undefined; nextSeq: number },
): { clock: WallClock; seen: Seen } {
  const jumpMs = seen === undefined ? sinceLastPage(clock, look) : findJump(clock, look, seen)
  const jumpsMs = seen === undefined ? clock.jumpsMs : clock.jumpsMs + jumpMs
  const correctionMs = clock.correctionMs - Math.min(jumpMs, 0)
  const isPause = seen === undefined ? clock.lastMs > 0 : jumpMs > 0
  const pause: Pause = { seq: nextSeq, aheadMs: jumpMs, isMeasuredBefore: clock.isMeasured }
  const next = {
    correctionMs,
    jumpsMs,
    lastMs: look.wallMs + correctionMs,
    isMeasured: clock.isMeasured && !isPause,
    pauses: isPause ? [...clock.pauses, pause].slice(-MAX_PAUSES) : clock.pauses,
  }
  const isUnchanged = seen !== undefined && jumpMs === 0 && seen.jumpsMs === jumpsMs
  return { clock: next, seen: isUnchanged ? seen : { look, jumpsMs } }
}

// The steady clock of an earlier page has ended with it: time has passed, but time never goes back.
function sinceLastPage({ lastMs, correctionMs }: WallClock, { wallMs }: Look): number {
  return lastMs === 0 ? 0 : wallMs + correctionMs - lastMs
}

/** Returns the corrected time, also if the clock was set back since the page's last look. */
export function correctedNow(clock: WallClock, look: Look, seen: Seen | undefined): number {
  const jumpMs = seen === undefined ? sinceLastPage(clock, look) : findJump(clock, look, seen)
  return look.wallMs + clock.correctionMs - Math.min(jumpMs, 0)
}

/**
 * Returns by how much the correction is wrong at least, according to an answer: the server read its clock between the
 * request and the answer. 0 if the correction agrees with that, so that a slow answer never makes a good one worse.
 */
export function measureError(
  { correctionMs }: WallClock,
  { serverMs, receivedMs, roundTripMs }: { serverMs: number; receivedMs: number; roundTripMs: number },
): number {
  const least = serverMs - receivedMs
  return Math.round(Math.min(Math.max(correctionMs, least), least + roundTripMs)) - correctionMs
}

/**
 * Distributes an error of the correction over the pauses: returns by how much the readings before the first pause, and
 * after each pause, have to be shifted. Pauses in which the clock was set by all that it was ahead afterwards explain the
 * error, if some of them sum to it. Otherwise the clock was wrong all the time, unless the server had confirmed it: then
 * it was set during one pause, most probably the one for which the device can say least.
 */
export function distributeError(pauses: readonly Pause[], errorMs: number): number[] {
  const jumps = findSumming(pauses.slice(-10), -errorMs)
  if (jumps !== undefined) {
    const rest = errorMs + sumOf(jumps)
    return [undefined, ...pauses].map(
      (_, index) => rest - sumOf(pauses.slice(0, index).filter(pause => jumps.includes(pause))),
    )
  }
  const set = pauses[0]?.isMeasuredBefore ? mostDoubtful(pauses, errorMs) : undefined
  const from = set === undefined ? 0 : pauses.indexOf(set) + 1
  return [undefined, ...pauses].map((_, index) => (index >= from ? errorMs : 0))
}

function mostDoubtful(pauses: readonly Pause[], errorMs: number): Pause | undefined {
  const byJump = pauses.toSorted((a, b) => a.aheadMs - b.aheadMs)
  return errorMs < 0 ? byJump.at(-1) : byJump[0]
}

// Returns the smallest set of pauses in which the clock ran ahead by `totalMs` together.
function findSumming(pauses: readonly Pause[], totalMs: number): Pause[] | undefined {
  const ahead = pauses.filter(({ aheadMs }) => aheadMs > 0)
  const sets = Array.from({ length: 2 ** ahead.length }, (_, bits) =>
    ahead.filter((_pause, index) => bits & (2 ** index)),
  )
  return sets
    .filter(set => Math.abs(sumOf(set) - totalMs) <= 2 * TOLERANCE_MS)
    .toSorted((a, b) => a.length - b.length)[0]
}

function sumOf(pauses: readonly Pause[]): number {
  return pauses.reduce((sum, { aheadMs }) => sum + aheadMs, 0)
}
