import { afterAll, beforeAll, expect, test } from 'vitest'
import { startCore, type TestCore } from '../testing/start-core.ts'

let core: TestCore

beforeAll(async () => {
  core = await startCore()
})
afterAll(() => core.stopAll())

test('a report sums weeks that start on the requested day, on Monday by default', async () => {
  core.clock.now = Date.parse('2026-03-10T09:00:00.000Z')
  const user = await core.newUser()
  const entry = { started_at: '2026-03-07T12:00:00.000Z', ended_at: '2026-03-09T12:00:00.000Z' }
  await user.call('POST', '/v1/time-entries', entry)
  const weeks = async (parameter: string) => {
    const url = `/v1/reports/summary?from=2026-03-02&to=2026-03-15${parameter}`
    const { weekStart, weeks } = (await user.call('GET', url)).body
    return [
      weekStart,
      weeks.map(({ start, seconds }: { start: string; seconds: number }) => [start, seconds / 3600]),
    ]
  }
  const byMonday = [
    'monday',
    [
      ['2026-03-02', 36],
      ['2026-03-09', 12],
    ],
  ]
  expect(await weeks('')).toEqual(byMonday)
  expect(await weeks('&week_start=monday')).toEqual(byMonday)
  expect(await weeks('&week_start=saturday')).toEqual([
    'saturday',
    [
      ['2026-02-28', 0],
      ['2026-03-07', 48],
      ['2026-03-14', 0],
    ],
  ])
  expect(await weeks('&week_start=sunday')).toEqual([
    'sunday',
    [
      ['2026-03-01', 12],
      ['2026-03-08', 36],
      ['2026-03-15', 0],
    ],
  ])
  const { status, body } = await user.call(
    'GET',
    '/v1/reports/summary?from=2026-03-02&to=2026-03-08&week_start=friday',
  )
  expect([status, body.fields[0].field]).toEqual([400, 'week_start'])
})

test('a day has at most its own hours, and an entry of 200 years is refused', async () => {
  const user = await core.newUser()
  const create = (from: string, to: string) =>
    user.call('POST', '/v1/time-entries', { started_at: `${from}.000Z`, ended_at: `${to}.000Z` })
  for (const [from, to] of [
    ['1900-01-01T00:00:00', '2100-01-01T00:00:00'],
    ['2000-01-01T00:00:00', '2199-12-31T00:00:00'],
  ] as const) {
    const { status, body } = await create(from, to)
    expect([status, body.fields?.length]).toEqual([400, 1])
  }
  expect((await create('2026-02-27T00:00:00', '2026-03-02T00:00:00')).status).toBe(201)
  expect((await create('2026-02-28T12:00:00', '2026-03-01T12:00:00')).status).toBe(201)
  const url = '/v1/reports/summary?from=2026-02-28&to=2026-02-28&time_zone=Europe/Berlin'
  expect((await user.call('GET', url)).body.totalSeconds).toBe(86_400)
})
