import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findChangePoint, type Point } from './change-point.ts'
import { compareRevisions } from './revision-comparison.ts'
import { median, quantile } from './robust-statistics.ts'
import { measureSelfContribution } from './self-contribution.ts'
import { slopeOf } from './slope.ts'

const UP = { worse: 'up', minAbsolute: 0.02, minRelative: 0.5 } as const
const noise = fc.array(fc.double({ min: -0.1, max: 0.1, noNaN: true }), { minLength: 60, maxLength: 60 })

function stepped(before: number, after: number, at: number, jitter: number[]): Point[] {
  return jitter.map((part, index): Point => [1000 + index, (index < at ? before : after) * (1 + part)])
}

describe('a change point', () => {
  it('finds the moment of a step within two points, whatever the noise', () => {
    fc.assert(
      fc.property(
        noise,
        fc.integer({ min: 8, max: 50 }),
        fc.double({ min: 3, max: 50, noNaN: true }),
        (jitter, at, factor) => {
          const onset = findChangePoint(stepped(0.1, 0.1 * factor, at, jitter), UP)
          expect(Math.abs((onset?.at ?? 0) - 1000 - at)).toBeLessThanOrEqual(2)
          expect(onset?.isOngoing).toBe(true)
        },
      ),
    )
  })

  it('finds nothing in noise', () => {
    fc.assert(
      fc.property(noise, jitter => {
        expect(findChangePoint(stepped(0.1, 0.1, 0, jitter), UP)).toBeNull()
      }),
    )
  })

  it('is one-sided: an improvement is no onset', () => {
    fc.assert(
      fc.property(noise, jitter => {
        expect(findChangePoint(stepped(1, 0.1, 30, jitter), UP)).toBeNull()
      }),
    )
  })

  it('finds a level line that falls to zero', () => {
    const points = Array.from({ length: 30 }, (_, index): Point => [index, index < 20 ? 5 : 0])
    expect(findChangePoint(points, { worse: 'down', minAbsolute: 0.2, minRelative: 0.8 })).toMatchObject({
      at: 20,
      before: 5,
      after: 0,
    })
  })

  it('does not depend on the origin of time, and ignores points that are not numbers', () => {
    const points: Point[] = [
      ...Array.from({ length: 20 }, (_, i): Point => [i, i < 12 ? 1 : 9]),
      [20, Number.NaN],
      [21, Number.POSITIVE_INFINITY],
    ]
    const later = points.map(([t, v]): Point => [t + 1e9, v])
    expect(findChangePoint(later, UP)?.at).toBe((findChangePoint(points, UP)?.at ?? 0) + 1e9)
    expect(findChangePoint(points.slice(0, 4), UP)).toBeNull()
  })
})

describe('slope', () => {
  it('is exact on a line, also with one outlier', () => {
    fc.assert(
      fc.property(fc.double({ min: -5, max: 5, noNaN: true }), fc.nat(29), (perSecond, outlier) => {
        const points = Array.from(
          { length: 30 },
          (_, i): Point => [i, i === outlier ? 1e6 : 100 + perSecond * i],
        )
        expect(slopeOf(points)?.perSecond).toBeCloseTo(perSecond, 6)
      }),
    )
  })
})

describe('new against old', () => {
  const line = (from: number, to: number, value: number) =>
    Array.from({ length: to - from }, (_, i): Point => [from + i, value])

  it('subtracts what also happened to the old pods in the same time', () => {
    const compared = compareRevisions(line(20, 40, 0.6), [...line(0, 20, 0.1), ...line(20, 40, 0.5)], 0.02)
    expect(compared).toMatchObject({ hasControl: true })
    expect(compared?.effect).toBeCloseTo(0.1)
  })

  it('shows when there was no control group', () => {
    expect(compareRevisions(line(20, 40, 0.6), line(0, 20, 0.1), 0.02)).toMatchObject({
      hasControl: false,
      old: 0.1,
      new: 0.6,
    })
  })
})

describe('self-contribution', () => {
  it('is near zero for a caller that only waits, and never more than the whole', () => {
    const growing = (before: number, after: number) =>
      Array.from({ length: 20 }, (_, i): Point => [i, i < 10 ? before : after])
    expect(measureSelfContribution(growing(0.1, 0.5), [growing(0.05, 0.45)], 10)?.share).toBeCloseTo(0.02)
    expect(measureSelfContribution(growing(0.1, 0.5), [], 10)?.share).toBe(1)
    expect(measureSelfContribution(growing(0.5, 0.1), [], 10)).toBeNull()
    fc.assert(
      fc.property(
        fc.double({ min: 0.2, max: 9, noNaN: true }),
        fc.double({ min: 0, max: 9, noNaN: true }),
        (after, relabelled) => {
          const share = measureSelfContribution(growing(0.1, after), [growing(0, relabelled)], 10)?.share ?? 0
          expect(share).toBeGreaterThan(0)
          expect(share).toBeLessThanOrEqual(1)
        },
      ),
    )
  })
})

describe('quantiles', () => {
  it('lie between the extremes and rise with the share', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer(), { minLength: 1 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, share) => {
          const value = quantile(values, share)
          expect(value).toBeGreaterThanOrEqual(Math.min(...values))
          expect(value).toBeLessThanOrEqual(Math.max(...values))
          expect(quantile(values, 1)).toBeGreaterThanOrEqual(median(values))
        },
      ),
    )
  })
})
