import fc from 'fast-check'
import { expect, test } from 'vitest'
import { countTime, type Piece, sumSeconds } from './count-time.ts'
import type { Entry } from './entries.ts'

const HOUR_MS = 3_600_000
const ALWAYS = { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY, nowMs: 100 * HOUR_MS }
const entry = (id: string, fromHour: number, toHour: number | null): Entry => ({
  id,
  taskId: id,
  startMs: fromHour * HOUR_MS,
  endMs: toHour === null ? null : toHour * HOUR_MS,
})
const shapes = (pieces: Piece[]) =>
  pieces.map(({ entryId, start, end }) => [entryId, start / 3600, end / 3600])

test('where entries overlap, the time belongs to the one that started last', () => {
  expect(shapes(countTime([entry('a', 9, 12), entry('b', 10, 11)], ALWAYS))).toEqual([
    ['a', 9, 10],
    ['b', 10, 11],
    ['a', 11, 12],
  ])
  expect(shapes(countTime([entry('b', 10, 14), entry('a', 9, 12)], ALWAYS))).toEqual([
    ['a', 9, 10],
    ['b', 10, 14],
  ])
})

test('which entry a time counts for does not depend on the span of the report', () => {
  // Both began before the span; by their ids, z would win.
  const entries = [entry('z', 1, 9), entry('a', 2, 9)]
  expect(shapes(countTime(entries, { ...ALWAYS, fromMs: 5 * HOUR_MS }))).toEqual([['a', 5, 9]])
})

test('a running timer counts until now, inside the span only; excluded, its time falls to whatever else ran', () => {
  const entries = [entry('closed', 9, 12), entry('running', 10, null)]
  const selection = { ...ALWAYS, nowMs: 13 * HOUR_MS }
  expect(shapes(countTime(entries, selection))).toEqual([
    ['closed', 9, 10],
    ['running', 10, 13],
  ])
  expect(shapes(countTime(entries, { ...selection, toMs: 11 * HOUR_MS }))).toEqual([
    ['closed', 9, 10],
    ['running', 10, 11],
  ])
  expect(shapes(countTime(entries, { ...selection, running: 'exclude' }))).toEqual([['closed', 9, 12]])
})

test('an entry that ends before it starts, or that is open and starts in the future, counts nothing', () => {
  expect(countTime([entry('reversed', 9, 8), entry('tomorrow', 200, null)], ALWAYS)).toEqual([])
})

test('no second counts twice and none is lost, whatever overlaps', () => {
  const drawn = fc.record({
    startMs: fc.integer({ min: 0, max: 200_000 }),
    lengthMs: fc.option(fc.integer({ min: -1_000, max: 90_000 })),
  })
  const bounds = fc.tuple(fc.nat(200_000), fc.nat(200_000))
  fc.assert(
    fc.property(fc.array(drawn, { maxLength: 12 }), bounds, (rows, [fromMs, lengthMs]) => {
      const entries = rows.map(({ startMs, lengthMs: length }, index): Entry => {
        return {
          id: `entry ${index}`,
          taskId: null,
          startMs,
          endMs: length === null ? null : startMs + length,
        }
      })
      const selection = { fromMs, toMs: fromMs + lengthMs, nowMs: 150_000 }
      const pieces = countTime(entries, selection)
      expect(pieces.filter((piece, index) => piece.start < (pieces[index - 1]?.end ?? 0))).toEqual([])
      expect(sumSeconds(pieces)).toBe(countSeconds(entries, selection))
    }),
    { numRuns: 1_000 },
  )
})

// A different algorithm from the code under test: every second is asked whether any entry covers it.
function countSeconds(
  entries: Entry[],
  { fromMs, toMs, nowMs }: { fromMs: number; toMs: number; nowMs: number },
): number {
  const openStarts = entries
    .filter(({ startMs, endMs }) => endMs === null && startMs <= nowMs)
    .map(e => e.startMs)
  const seconds = (ms: number) => Math.floor(ms / 1000)
  let sum = 0
  for (let second = 0; second < 400; second++) {
    const covers = ({ startMs, endMs }: Entry) => {
      const open = Math.min(nowMs, ...openStarts.filter(start => start > startMs))
      const [start, end] = [Math.max(startMs, fromMs), Math.min(endMs ?? open, toMs)]
      return seconds(start) <= second && second < seconds(end) && (endMs !== null || startMs <= nowMs)
    }
    if (entries.some(covers)) sum++
  }
  return sum
}
