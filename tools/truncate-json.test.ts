import { describe, expect, it } from 'vitest'
import type { Json } from './json.ts'
import { runAtOnce } from './slices/run-in-slices.ts'
import { truncateJsonInSteps } from './truncate-json.ts'

const truncateJson = (...given: Parameters<typeof truncateJsonInSteps>) =>
  runAtOnce(truncateJsonInSteps(...given))
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

  it('lets one huge item lose its own lists and fields, so that the others stay', () => {
    const labels = Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`key${n}`, 'x'.repeat(n % 40)]))
    const objects: Json[] = [{ name: 'huge', labels }, { name: 'a' }, { name: 'b' }]
    const { value, cut } = truncateJson({ objects }, limits)
    expect(value).toMatchObject({ objects: [{ name: 'huge' }, { name: 'a' }, { name: 'b' }] })
    expect(cut).toMatchObject([{ path: 'objects.0.labels', unit: 'items', total: 500 }])
    expect(JSON.stringify(value).length).toBeLessThanOrEqual(1_000)
  })

  it('counts empty lists, which take memory too', () => {
    const { value } = truncateJson({ lists: Array.from({ length: 300 }, () => []) }, limits)
    expect((value as { lists: [] }).lists.length).toBeLessThanOrEqual(100)
  })

  it('measures a list of many items once, however deep it is', () => {
    let lists: Json = Array.from({ length: 20_000 }, (_, n) => n)
    for (let depth = 0; depth < 60; depth += 1) lists = { only: lists }
    const { cut } = truncateJson(lists, limits)
    expect(cut).toMatchObject([{ total: 20_000 }])
  })

  it('returns null if there is neither a list nor a collection of fields', () => {
    const structure = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`key${n}`, 'x'.repeat(40)]))
    expect(truncateJson(structure, limits)).toEqual({ value: null, cut: [] })
  })

  it.each([
    ['a list of long texts', Array.from({ length: 20_000 }, () => 'x'.repeat(40))],
    [
      'an object of many fields',
      Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`k${n}`, 'x'])),
    ],
  ])('shortens %s in steps', (_what, value) => {
    const [all, measured] = [limits, { ...limits, totalChars: 10_000_000 }].map(given => {
      const steps = truncateJsonInSteps(value, given)
      let count = 0
      while (!steps.next().done) count += 1
      return count
    })
    expect(Number(all) - Number(measured)).toBeGreaterThan(30)
  })
})
