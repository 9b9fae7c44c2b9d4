import { chooseRows } from '@goalixa/chassis/testing/choose-rows'
import type { Row, SyncResponse } from '@goalixa/core/sync/sync.schema'
import { startCore, type TestCore } from '@goalixa/core/testing/start-core'
import { createRecordReader } from '@goalixa/pwa/app/data/records'
import { buildReport, type Report } from '@goalixa/rules/reports/build-report'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'

// All 1,000 in the long run; a data set is read twelve times from PostgreSQL, which takes a tenth of a second.
const [RUNS] = chooseRows([1_000, 25], [25])
const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/Sao_Paulo',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Apia',
]
const WEEK_STARTS = ['monday', 'saturday'] as const
const HOUR_MS = 3_600_000
const NOW = Date.parse('2026-11-30T12:34:56.789Z')

let core: TestCore
beforeAll(async () => {
  core = await startCore({ page: { rows: 20, textBytes: 1_000_000 } })
  core.clock.now = NOW
})
afterAll(() => core.stopAll())

// The clocks change: in Berlin, on Lord Howe, at midnight in Brazil, and by a whole day in Samoa. The last is now.
const around = fc.constantFrom(
  '2026-03-29',
  '2026-10-25',
  '2026-04-05',
  '2018-11-04',
  '2011-12-30',
  '2026-11-30',
)
const project = fc.record({ name: fc.constantFrom('Garden', '本', ''), deleted: fc.boolean() })
const task = fc.record({
  project: fc.option(fc.nat(2)),
  name: fc.constantFrom('Dig', 'Größe 🌱'),
  deleted: fc.boolean(),
})
const entry = fc.record({
  task: fc.option(fc.nat(4)),
  startMs: fc.integer({ min: -80 * HOUR_MS, max: 80 * HOUR_MS }),
  // Short, long and none; an end before the start is not a time that core keeps.
  lengthMs: fc.option(fc.oneof(fc.nat(2_000), fc.nat(60 * HOUR_MS)), { freq: 6 }),
  deleted: fc.boolean(),
})
const dataSet = fc.record({
  around,
  projects: fc.array(project, { minLength: 3, maxLength: 3 }),
  tasks: fc.array(task, { minLength: 5, maxLength: 5 }),
  entries: fc.array(entry, { maxLength: 25 }),
  daysBefore: fc.nat(4),
  daysAfter: fc.nat(10),
  running: fc.constantFrom('include' as const, 'exclude' as const),
})
type DataSet = typeof dataSet extends fc.Arbitrary<infer T> ? T : never

test('the device builds the report that core answers, to the byte', { timeout: 600_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(dataSet, async data => {
      const user = await core.newUser()
      await write(user, data)
      const { entries, names } = createRecordReader()(await pull(user))
      const midday = Date.parse(data.around) + 12 * HOUR_MS
      const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10)
      const from = dayOf(midday - data.daysBefore * 24 * HOUR_MS)
      const to = dayOf(midday + data.daysAfter * 24 * HOUR_MS)
      for (const timeZone of ZONES)
        for (const weekStart of WEEK_STARTS) {
          const query = { from, to, timeZone, weekStart, running: data.running }
          const onDevice = buildReport({ entries, ...names }, query, NOW)
          expect(JSON.stringify(onDevice)).toBe(await readReport(user, query))
          expect(sumsOf(onDevice)).toEqual(Array(4).fill(onDevice.totalSeconds))
        }
    }),
    { numRuns: RUNS, seed: 7 },
  )
})

type User = Awaited<ReturnType<TestCore['newUser']>>

async function write({ id: userId, call }: User, { around: date, projects, tasks, entries }: DataSet) {
  const idOf = (kind: number, index: number) =>
    `${userId.slice(0, 24)}${String(kind)}${String(index).padStart(11, '0')}`
  const instant = (ms: number) => new Date(Math.min(NOW, Date.parse(date) + ms)).toISOString()
  const ops: object[] = []
  const add = (entity: string, id: string, fields: Record<string, unknown>) => {
    for (const [field, value] of Object.entries(fields)) {
      const seq = ops.length + 1
      const stamp = { ms: NOW, counter: seq, clientId: 'device' }
      ops.push({ seq, entity, id, field, value, stamp, base: null })
    }
  }
  for (const [index, { name, deleted }] of projects.entries())
    add('projects', idOf(1, index), { name, ...(deleted ? { deleted } : {}) })
  for (const [index, { project: own, name, deleted }] of tasks.entries())
    add('tasks', idOf(2, index), {
      name,
      ...(own === null ? {} : { project_id: idOf(1, own) }),
      ...(deleted ? { deleted } : {}),
    })
  for (const [index, { task: own, startMs, lengthMs, deleted }] of entries.entries())
    add('time_entries', idOf(3, index), {
      started_at: instant(startMs),
      ...(own === null ? {} : { task_id: idOf(2, own) }),
      ...(lengthMs === null ? {} : { ended_at: instant(startMs + lengthMs) }),
      ...(deleted && index % 4 === 0 ? { deleted } : {}),
    })
  const request = { attempt: 1, clientId: 'device', cursor: 0, ops, schema: 1 }
  const { status, body } = await call('POST', '/v1/sync', request)
  expect([status, body.rejects, body.error]).toEqual([200, [], null])
}

async function pull({ call }: User): Promise<Row[]> {
  const rows: Row[] = []
  let answer: Pick<SyncResponse, 'cursor' | 'more'> = { cursor: 0, more: true }
  for (let attempt = 1; answer.more; attempt++) {
    const request = { attempt, clientId: 'reader', cursor: answer.cursor, ops: [], schema: 1 }
    const { body }: { body: SyncResponse } = await call('POST', '/v1/sync', request)
    rows.push(...body.changes)
    answer = body
  }
  return rows
}

async function readReport(
  { call }: User,
  query: Omit<Report, 'totalSeconds' | 'days' | 'live' | 'weeks' | 'projects'> & { running: string },
) {
  const { from, to, timeZone: time_zone, weekStart: week_start, running } = query
  const parameters = new URLSearchParams({ from, to, time_zone, week_start, running })
  const { body } = await call('GET', `/v1/reports/summary?${parameters}`)
  return JSON.stringify(body)
}

function sumsOf({ days, weeks, projects }: Report): number[] {
  const tasks = projects.flatMap(({ tasks: own }) => own)
  return [days, weeks, projects, tasks].map(parts => parts.reduce((sum, { seconds }) => sum + seconds, 0))
}
