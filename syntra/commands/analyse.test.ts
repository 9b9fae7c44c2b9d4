import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ExpectedError } from '@goalixa/chassis/errors'
import { afterAll, describe, expect, it } from 'vitest'
import { analyse } from './analyse.command.ts'
import type { LocalContext, Outcome } from './define-command.ts'

const folder = mkdtempSync(join(tmpdir(), 'syntra-analyse-'))
afterAll(() => rmSync(folder, { recursive: true }))

const AT = '2026-01-01T00:00:00Z'
const EMPTY = {
  scope: { since: AT },
  at: AT,
  objects: [],
  events: [],
  logs: [],
  series: [],
  changes: [],
  edges: [],
  unread: [],
}

async function verdictOf(snapshot: unknown): Promise<unknown> {
  const file = join(folder, 'snapshot.json')
  writeFileSync(file, typeof snapshot === 'string' ? snapshot : JSON.stringify(snapshot))
  return analyseFile(file)
}

async function analyseFile(snapshot: string): Promise<unknown> {
  const { run } = await analyse.start({ snapshot }, { now: () => new Date() } as LocalContext)
  const outcomes: Outcome[] = []
  for await (const outcome of run()) outcomes.push(outcome)
  expect(outcomes).toHaveLength(1)
  return outcomes[0]?.json
}

describe('syntra analyse', () => {
  it('is inconclusive on a snapshot in which nothing was read, and invents nothing', async () => {
    expect(await verdictOf(EMPTY)).toMatchObject({ outcome: 'inconclusive', causes: [], findings: [] })
  })

  it.each([
    ['scope.since', { ...EMPTY, scope: { since: 'yesterday' } }],
    ['scope.timeScale', { ...EMPTY, scope: { since: AT, timeScale: 0 } }],
    ['at', { ...EMPTY, at: 5 }],
    ['objects', { ...EMPTY, objects: {} }],
    [
      'objects.0.evidence',
      { ...EMPTY, objects: [{ evidence: '', object: { kind: 'Pod', metadata: { name: 'a' } } }] },
    ],
    [
      'objects.0.object.metadata.name',
      { ...EMPTY, objects: [{ evidence: 'E1', object: { kind: 'Pod', metadata: {} } }] },
    ],
    [
      'series.0.points.0.1',
      { ...EMPTY, series: [{ evidence: 'E1', name: 'cpu', labels: {}, points: [[1, 'x']] }] },
    ],
    ['(body)', []],
  ])('names %s where it is not as expected', async (field, snapshot) => {
    await expect(verdictOf(snapshot)).rejects.toMatchObject({
      code: 'INVALID_SNAPSHOT',
      fields: [expect.objectContaining({ field, expected: expect.any(String) })],
    })
  })

  it('rejects invalid JSON, and JSON that is nested too deeply', async () => {
    await expect(verdictOf('{')).rejects.toMatchObject({
      message: expect.stringContaining('is not valid JSON'),
    })
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`
    const json = JSON.stringify({ ...EMPTY, objects: 'HERE' }).replace('"HERE"', deep)
    await expect(verdictOf(json)).rejects.toMatchObject({
      message: expect.stringContaining('nested too deeply'),
    })
    // Brackets inside of strings do not count.
    expect(await verdictOf({ ...EMPTY, scope: { since: AT, service: '[{'.repeat(500) } })).toMatchObject({
      outcome: 'inconclusive',
    })
  })

  it('reports ten faults of ten thousand', async () => {
    const points = Array.from({ length: 10_000 }, (_, time) => [time, null])
    const series = [{ evidence: 'E1', name: 'cpu', labels: {}, points }]
    const fault = await verdictOf({ ...EMPTY, series }).catch((error: ExpectedError) => error)
    expect(fault).toMatchObject({ fields: { length: 10 } })
  })

  it('reads a snapshot without the fields that were added later, with a result that is the same to the byte', async () => {
    const recorded = join(import.meta.dirname, 'testing', 'snapshot-without-newer-fields.json')
    const verdicts = [await analyseFile(recorded), await analyseFile(recorded)]
    expect(verdicts[0]).toMatchObject({
      outcome: 'cause',
      causes: [{ code: 'IMAGE_NOT_FOUND', subject: { name: 'users' } }],
    })
    expect(JSON.stringify(verdicts[1])).toBe(JSON.stringify(verdicts[0]))
  })
})
