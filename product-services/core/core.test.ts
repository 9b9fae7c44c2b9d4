import { createPool } from '@goalixa/chassis/postgres'
import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTenancy } from './tenancy/tenancy.ts'
import { startCore, type TestCore } from './testing/start-core.ts'

let core: TestCore
let database: pg.Client

beforeAll(async () => {
  core = await startCore()
  database = new pg.Client({ connectionString: core.databaseUrl })
  await database.connect()
})
afterAll(async () => {
  await database.end()
  await core.stopAll()
})

const at = (time: string) => {
  core.clock.now = Date.parse(time)
}
type User = Awaited<ReturnType<TestCore['newUser']>>
const createTask = async ({ call }: User, fields: object = {}) =>
  (await call('POST', '/v1/tasks', { name: 'Task', ...fields })).body as { id: string; rev: number }
const summary = async ({ call }: User, from: string, to: string, timeZone = 'UTC') =>
  (await call('GET', `/v1/reports/summary?from=${from}&to=${to}&time_zone=${timeZone}`)).body

test('no route under /v1 answers without a valid token, however the path is encoded', async () => {
  const paths = ['/v1/tasks', '/%761/tasks', '/v1/head']
  const answers = await Promise.all(paths.map(url => core.app.inject({ url })))
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([401, 401, 401])
  const { id } = await core.newUser()
  const foreign = await core.issuer.token(id, { audience: 'another', at: core.clock.now })
  const answer = await core.app.inject({ url: '/v1/tasks', headers: { authorization: `Bearer ${foreign}` } })
  expect([answer.statusCode, answer.json().code]).toEqual([401, 'INVALID_TOKEN'])
})

test('a timer runs until the person stops it', async () => {
  const user = await core.newUser()
  at('2026-03-02T09:00:00.000Z')
  await user.call('POST', '/v1/timer/start')
  at('2026-03-02T12:00:00.000Z')
  const { body } = await user.call('POST', '/v1/timer/stop')
  expect(body.entry).toMatchObject({
    started_at: '2026-03-02T09:00:00.000Z',
    ended_at: '2026-03-02T12:00:00.000Z',
  })
  expect((await summary(user, '2026-03-02', '2026-03-02')).totalSeconds).toBe(3 * 3600)
  const again = await user.call('POST', '/v1/timer/stop')
  expect([again.status, again.body.code]).toEqual([409, 'NO_RUNNING_TIMER'])
})

test('starting a timer ends the running one at the start of the new one', async () => {
  const user = await core.newUser()
  at('2026-03-02T09:00:00.000Z')
  const first = (await user.call('POST', '/v1/timer/start', { note: 'first' })).body.entry
  at('2026-03-02T09:30:00.000Z')
  const second = (await user.call('POST', '/v1/timer/start', { note: 'second' })).body.entry
  expect((await user.call('GET', `/v1/time-entries/${first.id}`)).body.ended_at).toBe(second.started_at)
  expect((await user.call('GET', '/v1/timer')).body.entry.id).toBe(second.id)
})

test('the end of a timer that a person set on an offline device beats the end that the server derived', async () => {
  const user = await core.newUser()
  at('2026-03-02T09:00:00.000Z')
  const id = uuidv7()
  const stamp = (counter: number) => ({ ms: core.clock.now, counter, clientId: 'phone' })
  const op = (seq: number, field: string, value: string, counter: number) => ({
    ...{ seq, entity: 'time_entries', id, field, value, stamp: stamp(counter), base: null },
  })
  const exchange = (attempt: number, ops: object[]) =>
    user.call('POST', '/v1/sync', { attempt, clientId: 'phone', cursor: 0, ops, schema: 1 })
  await exchange(1, [op(1, 'started_at', '2026-03-02T09:00:00.000Z', 0)])
  at('2026-03-02T09:10:00.000Z')
  const ended = op(2, 'ended_at', '2026-03-02T09:10:00.000Z', 1)
  at('2026-03-02T10:00:00.000Z')
  await user.call('POST', '/v1/timer/start')
  expect((await user.call('GET', `/v1/time-entries/${id}`)).body.ended_at).toBe('2026-03-02T10:00:00.000Z')
  await exchange(2, [ended])
  expect((await user.call('GET', `/v1/time-entries/${id}`)).body.ended_at).toBe('2026-03-02T09:10:00.000Z')
})

test('a day’s report contains the time of that day in the requested time zone', async () => {
  const user = await core.newUser()
  at('2026-03-03T09:00:00.000Z')
  const entry = { started_at: '2026-03-02T22:30:00.000Z', ended_at: '2026-03-03T00:30:00.000Z' }
  await user.call('POST', '/v1/time-entries', entry)
  const days = async (zone: string) => (await summary(user, '2026-03-02', '2026-03-03', zone)).days
  expect(await days('UTC')).toEqual([
    { date: '2026-03-02', seconds: 5400 },
    { date: '2026-03-03', seconds: 1800 },
  ])
  expect(await days('Europe/Berlin')).toEqual([
    { date: '2026-03-02', seconds: 1800 },
    { date: '2026-03-03', seconds: 5400 },
  ])
})

test('a user cannot read, change or refer to another user’s rows', async () => {
  const anna = await core.newUser()
  const ben = await core.newUser()
  const project = (await anna.call('POST', '/v1/projects', { name: 'Anna’s' })).body
  const task = await createTask(anna)
  const foreign = [
    await ben.call('GET', `/v1/projects/${project.id}`),
    await ben.call('PATCH', `/v1/projects/${project.id}`, { name: 'Ben’s' }),
    await ben.call('DELETE', `/v1/tasks/${task.id}`),
  ]
  expect(foreign.map(({ status }) => status)).toEqual([404, 404, 404])
  const reference = await ben.call('POST', '/v1/tasks', { name: 'x', project_id: project.id })
  expect(reference).toMatchObject({ status: 400, body: { fields: [{ field: 'project_id' }] } })
  // The same id is a different row for another user, and reveals nothing about the first.
  expect((await ben.call('POST', '/v1/projects', { id: project.id, name: 'Ben’s' })).status).toBe(201)
  expect((await anna.call('GET', `/v1/projects/${project.id}`)).body.name).toBe('Anna’s')
})

test('row-level security holds even if a statement forgets its WHERE', async () => {
  const anna = await core.newUser()
  await createTask(anna)
  const tables = ['projects', 'tasks', 'time_entries', 'sync_heads', 'sync_clients', 'ops', 'conflicts']
  const visibleTo = async (userId: string) => {
    await database.query('BEGIN')
    await database.query("SELECT set_config('role', 'core_app', true), set_config('app.user_id', $1, true)", [
      userId,
    ])
    const users = new Set<string>()
    for (const table of tables)
      for (const row of (await database.query(`SELECT user_id FROM ${table}`)).rows) users.add(row.user_id)
    const deleted = await database.query('DELETE FROM tasks').catch((error: Error) => error.message)
    await database.query('ROLLBACK')
    return { users: [...users], deleted }
  }
  expect(await visibleTo(anna.id)).toEqual({ users: [anna.id], deleted: 'permission denied for table tasks' })
  expect((await visibleTo('')).users).toEqual([])
})

test('a read of one statement is isolated too, and read-only', async () => {
  const [anna, ben] = [await core.newUser(), await core.newUser()]
  for (const user of [anna, ben]) await createTask(user)
  const pool = createPool({ url: core.databaseUrl, name: 'test', max: 1, pipeline: true })
  const tenancy = createTenancy({ pool })
  const heads = () => tenancy.readOne(ben.id, { text: 'SELECT user_id FROM sync_heads' })
  expect(await heads()).toEqual([{ user_id: ben.id }])
  const change = tenancy.readOne(ben.id, { text: 'UPDATE sync_heads SET seq = 0' })
  await expect(change).rejects.toMatchObject({ code: 'DATABASE_READ_ONLY' })
  expect(await heads()).toEqual([{ user_id: ben.id }])
  await pool.end()
})

test('creating a row with a given id is idempotent, and names need not be unique', async () => {
  const user = await core.newUser()
  const id = uuidv7()
  const first = await user.call('POST', '/v1/tasks', { id, name: 'Same' })
  const second = await user.call('POST', '/v1/tasks', { id, name: 'Same' })
  expect(second).toEqual(first)
  await createTask(user, { name: 'Same' })
  expect((await user.call('GET', '/v1/tasks')).body.items).toHaveLength(2)
})

test('reading writes nothing', async () => {
  const user = await core.newUser()
  await createTask(user)
  const { body: before } = await user.call('GET', '/v1/head')
  // PostgreSQL gives every version of a row that is written a new place and the number of its transaction.
  const versions = async () => {
    const { rows: tables } = await database.query(
      "SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1",
    )
    const found = []
    for (const { name } of tables)
      found.push((await database.query(`SELECT ctid::text, xmin::text FROM ${name} ORDER BY ctid`)).rows)
    return found
  }
  const versionsBefore = await versions()
  for (const path of [
    'projects',
    'tasks',
    'time-entries',
    'timer',
    'head',
    'reports/summary?from=2026-03-02&to=2026-03-02',
  ])
    expect((await user.call('GET', `/v1/${path}`)).status).toBe(200)
  expect(await versions()).toEqual(versionsBefore)
  expect((await user.call('GET', '/v1/head')).body).toEqual(before)
})

test('deleting a task or a project keeps the time spent on it', async () => {
  const user = await core.newUser()
  const { id: project_id } = (await user.call('POST', '/v1/projects', { name: 'Garden' })).body
  const task = await createTask(user, { project_id })
  at('2026-03-04T09:00:00.000Z')
  await user.call('POST', '/v1/timer/start', { task_id: task.id })
  at('2026-03-04T10:00:00.000Z')
  await user.call('POST', '/v1/timer/stop')
  await user.call('DELETE', `/v1/tasks/${task.id}`)
  await user.call('DELETE', `/v1/projects/${project_id}`)
  expect((await user.call('GET', '/v1/tasks')).body.items).toEqual([])
  expect((await summary(user, '2026-03-04', '2026-03-04')).projects).toEqual([
    { id: project_id, name: 'Garden', seconds: 3600, tasks: [{ id: task.id, name: 'Task', seconds: 3600 }] },
  ])
})

test('days, projects and tasks sum to the same total even if entries overlap', async () => {
  at('2026-03-05T20:00:00.000Z')
  const user = await core.newUser()
  const [a, b] = [await createTask(user), await createTask(user)]
  const entry = (task_id: string, from: string, to: string) =>
    user.call('POST', '/v1/time-entries', {
      task_id,
      started_at: `2026-03-05T${from}:00.000Z`,
      ended_at: `2026-03-05T${to}:00.000Z`,
    })
  await entry(a.id, '09:00', '11:00')
  await entry(b.id, '10:00', '10:30')
  const report = await summary(user, '2026-03-05', '2026-03-05')
  expect(report.totalSeconds).toBe(2 * 3600)
  expect(report.projects[0].tasks).toEqual([
    { id: a.id, name: 'Task', seconds: 5400 },
    { id: b.id, name: 'Task', seconds: 1800 },
  ])
})

test('an invalid write is a problem that names the field, and changes nothing', async () => {
  const user = await core.newUser()
  const bad = [
    [{ name: '' }, 'name'],
    [{ name: 'x', priority: 'urgent' }, 'priority'],
    [{ name: 'x', due: '2026-02-30' }, 'due'],
    [{ name: 'x\0' }, 'name'],
    [{ name: 'x'.repeat(734) }, 'name'],
    [{ name: 'x', note: 7 }, 'note'],
    [{}, 'name'],
  ] as const
  for (const [fields, field] of bad) {
    const { status, body } = await user.call('POST', '/v1/tasks', fields)
    expect([status, body.fields?.[0]?.field]).toEqual([400, field])
    expect(JSON.stringify(body.fields), 'an error in the library’s own words').not.toMatch(
      /invalid|expected (string|number)/i,
    )
  }
  expect((await user.call('POST', '/v1/tasks', { name: 'x', colour: 1 })).status).toBe(400)
  expect((await user.call('GET', '/v1/head')).body.head).toBe(0)
  const zone = await user.call(
    'GET',
    '/v1/reports/summary?from=2026-03-02&to=2026-03-01&time_zone=Mars/Olympus',
  )
  expect(zone.body.fields.map(({ field }: { field: string }) => field)).toContain('time_zone')
})

test('a change of an outdated row is rejected if the writer sends If-Match', async () => {
  const user = await core.newUser()
  const task = await createTask(user)
  const change = (rev: number) =>
    user.call('PATCH', `/v1/tasks/${task.id}`, { note: 'n' }, { 'if-match': `"${rev}"` })
  expect((await change(task.rev)).status).toBe(200)
  const { status, body } = await change(task.rev)
  expect([status, body.code]).toEqual([409, 'STALE_ROW'])
})

test('a list is read page by page', async () => {
  const user = await core.newUser()
  const ids = [await createTask(user), await createTask(user), await createTask(user)].map(({ id }) => id)
  for (const limit of ['0', '1001', 'x', '1.5'])
    expect((await user.call('GET', `/v1/tasks?limit=${limit}`)).body.fields).toEqual([
      { field: 'limit', expected: 'a whole number from 1 to 1,000' },
    ])
  const first = (await user.call('GET', '/v1/tasks?limit=2')).body
  const second = (await user.call('GET', `/v1/tasks?limit=2&after=${first.next}`)).body
  expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(ids)
  expect(second.next).toBeNull()
})
