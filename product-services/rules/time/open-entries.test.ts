import { expect, test } from 'vitest'
import type { Entry } from './entries.ts'
import { deriveEnds, findRunningEntry } from './open-entries.ts'

const entry = (id: string, startMs: number, endMs: number | null = null): Entry => ({
  id,
  taskId: null,
  startMs,
  endMs,
})
const NOW = 1_000

test('the open entry that started last runs; the others end where the next one starts', () => {
  const entries = [entry('c', 700), entry('a', 100), entry('b', 400), entry('closed', 800, 900)]
  expect(findRunningEntry(entries, NOW)?.id).toBe('c')
  expect([...deriveEnds(entries, NOW)]).toEqual([
    ['a', 400],
    ['b', 700],
  ])
})

test('an open entry that starts in the future does not run, and ends none that does', () => {
  const entries = [entry('now', 100), entry('tomorrow', NOW + 1)]
  expect(findRunningEntry(entries, NOW)?.id).toBe('now')
  expect(deriveEnds(entries, NOW).size).toBe(0)
  expect(findRunningEntry([entry('tomorrow', NOW + 1)], NOW)).toBeUndefined()
})

test('of entries that started at the same instant, the larger id runs, in whatever order they are read', () => {
  const [a, b] = [entry('a', 100), entry('b', 100)]
  for (const entries of [
    [a, b],
    [b, a],
  ]) {
    expect(findRunningEntry(entries, NOW)).toBe(b)
    expect([...deriveEnds(entries, NOW)]).toEqual([['a', 100]])
  }
})
