import { describe, expect, it } from 'vitest'
import {
  distributeError,
  type LastSample,
  measureError,
  NEW_WALL_CLOCK,
  observeClock,
  type Pause,
  type WallClock,
} from './wall-clock.ts'

const HOUR = 3_600_000
const exactly = (ms: number) => ({ leastMs: ms, mostMs: ms })
const pause = (aheadMs: number, isMeasuredBefore = true): Pause => ({ seq: 1, aheadMs, isMeasuredBefore })
const distribute = (pauses: Pause[], error: { leastMs: number; mostMs: number }, uncertaintyMs = 0) =>
  distributeError({ pauses, uncertaintyMs }, error)

describe('an answer', () => {
  it('proves a right clock right, however slow and one-sided the network is', () => {
    const at = { serverMs: 10_000, roundTripMs: 9_000 }
    for (const receivedMs of [10_000, 15_000, 19_000])
      expect(distribute([], measureError(NEW_WALL_CLOCK, { ...at, receivedMs }))).toEqual([0])
  })

  it('moves a wrong clock no further than it has to', () => {
    const error = measureError(NEW_WALL_CLOCK, {
      serverMs: 10_000,
      receivedMs: 10_000 + HOUR,
      roundTripMs: 200,
    })
    expect(distribute([], error)).toEqual([200 - HOUR])
  })
})

describe('an error of the correction', () => {
  it('shifts everything if the clock was never confirmed', () => {
    expect(distribute([pause(8 * HOUR, false)], exactly(-HOUR))).toEqual([-HOUR, -HOUR])
  })

  it('shifts what came after the pause in which the clock was set', () => {
    expect(distribute([pause(8 * HOUR), pause(HOUR)], exactly(-HOUR))).toEqual([0, 0, -HOUR])
    expect(distribute([pause(HOUR), pause(8 * HOUR)], exactly(-HOUR))).toEqual([0, -HOUR, -HOUR])
  })

  it('is the sum of several pauses, if that explains it', () => {
    const pauses = [pause(HOUR), pause(5 * HOUR), pause(2 * HOUR)]
    expect(distribute(pauses, exactly(-3 * HOUR))).toEqual([0, -HOUR, -HOUR, -3 * HOUR])
  })

  it('belongs to the longest pause of a confirmed clock, if no pause explains it', () => {
    expect(distribute([pause(2 * HOUR), pause(9 * HOUR)], exactly(-4 * HOUR))).toEqual([0, 0, -4 * HOUR])
  })

  it('belongs to the page load before which a confirmed clock was set back', () => {
    expect(distribute([pause(HOUR), pause(-5 * HOUR)], exactly(2 * HOUR))).toEqual([0, 0, 2 * HOUR])
  })

  it('is recognised within what the answers leave open', () => {
    const blurred = { leastMs: -HOUR - 4_000, mostMs: -HOUR + 5_000 }
    expect(distribute([pause(HOUR + 8_000)], blurred, 4_000)).toEqual([0, -HOUR - 4_000])
  })
})

describe('a device that was away many times before the network came back', () => {
  it.each([5, 32, 40, 400])('knows after %i pauses that its clock was confirmed before', times => {
    const clock = pauseRepeatedly(times)
    // The clock was set ahead during the longest pause, so what it recorded before and in between is right.
    const shifts = distributeError(clock, exactly(-HOUR))
    expect(shifts[0]).toBe(0)
    expect(shifts.at(-1)).toBe(-HOUR)
    const before = clock.pauses.findIndex(({ aheadMs }) => aheadMs > 8 * HOUR)
    expect(shifts.slice(0, before + 1)).toEqual(Array(before + 1).fill(0))
    expect(clock.pauses.length).toBeLessThanOrEqual(32)
  })
})

// Sleeps of different lengths, the third of nine hours, each before one op.
function pauseRepeatedly(times: number): WallClock {
  let clock: WallClock = { ...NEW_WALL_CLOCK, isMeasured: true, lastMs: 1 }
  let last: LastSample | undefined = { sample: { wallMs: 1, steadyMs: 0 }, jumpsMs: 0 }
  let wallMs = 1
  for (let nextSeq = 1; nextSeq <= times; nextSeq++) {
    wallMs += nextSeq === 3 ? 9 * HOUR : 2 * HOUR + nextSeq * 10_000
    const observed = observeClock(clock, { wallMs, steadyMs: 0 }, { last, nextSeq })
    clock = observed.clock
    last = observed.last
  }
  return clock
}
