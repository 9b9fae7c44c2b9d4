import { describe, expect, it } from 'vitest'
import { truncateJson } from './truncate-json.ts'

const limits = { stringChars: 50, totalChars: 1_000 }

describe('truncateJson', () => {
  it('leaves a value that fits unchanged', () => {
    const value = { lines: [{ at: null, text: 'short' }] }
    expect(truncateJson(value, limits)).toEqual({ value, cut: [] })
  })

  it('shortens a long string and reports its path', () => {
    const { value, cut } = truncateJson({ a: ['x'.repeat(80)] }, limits)
    expect(value).toEqual({ a: [`${'x'.repeat(50)}…`] })
    expect(cut).toEqual([{ path: 'a.0', unit: 'characters', kept: 50, total: 80 }])
  })

  it('does not cut a character in two', () => {
    const { value } = truncateJson(`${'x'.repeat(49)}🙂 and more`, limits)
    expect(value).toBe(`${'x'.repeat(49)}…`)
  })

  it('keeps the newest lines, which are at the end of a log', () => {
    const lines = Array.from({ length: 100 }, (_, n) => ({ text: `line ${n} ${'.'.repeat(20)}` }))
    const { value, cut } = truncateJson({ lines }, limits, 'end')
    const kept = (value as { lines: typeof lines }).lines
    expect(kept.length).toBeGreaterThan(10)
    expect(kept).toEqual(lines.slice(-kept.length))
    expect(cut).toEqual([{ path: 'lines', unit: 'items', kept: kept.length, total: 100 }])
    expect(JSON.stringify(value).length).toBeLessThanOrEqual(1_000)
  })

  it('keeps the first items of other lists and leaves small lists beside them whole', () => {
    const events = Array.from({ length: 100 }, (_, n) => ({ n, text: '.'.repeat(30) }))
    const { value } = truncateJson({ events, refused: ['a', 'b'] }, limits)
    const result = value as { events: typeof events; refused: string[] }
    expect(result.events).toEqual(events.slice(0, result.events.length))
    expect(result.events.length).toBeGreaterThan(10)
    expect(result.refused).toEqual(['a', 'b'])
  })

  it('reaches a long list inside of the only item of another', () => {
    const points = Array.from({ length: 500 }, (_, n) => [n, n])
    const { value, cut } = truncateJson({ series: [{ labels: {}, points }] }, limits)
    expect(JSON.stringify(value).length).toBeLessThanOrEqual(1_000)
    expect(cut).toMatchObject([{ path: 'series.0.points', total: 500 }])
  })

  it('returns null if no list can be shortened', () => {
    const wide = Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`key${n}`, n]))
    expect(truncateJson(wide, limits)).toEqual({ value: null, cut: [] })
  })
})
