import { chooseRows } from '@goalixa/chassis/testing/choose-rows'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startCore, type TestCore } from '../testing/start-core.ts'
import type { SyncResponse } from './sync.schema.ts'

let core: TestCore

beforeAll(async () => {
  core = await startCore()
})
afterAll(() => core.stopAll())

async function newDevice(clientId = 'phone') {
  const user = await core.newUser()
  let attempt = 0
  return {
    user,
    stamp: (counter: number, ms = core.clock.now) => ({ ms, counter, clientId }),
    exchange: async (ops: object[], cursor = 0): Promise<{ status: number; body: SyncResponse }> =>
      user.call('POST', '/v1/sync', { attempt: ++attempt, clientId, cursor, ops, schema: 1 }),
  }
}

test('an op that can never be applied is rejected, even if repeated, and does not block the queue', async () => {
  const device = await newDevice()
  const base = null
  const op = (seq: number, field: string, value: unknown, over: object = {}) => ({
    ...{ seq, entity: 'tasks', id: uuidv7(), field, value, stamp: device.stamp(seq), base },
    ...over,
  })
  const ops = [
    op(1, 'colour', 'red'),
    op(2, 'due', '2026-02-30'),
    op(3, 'project_id', uuidv7()),
    op(4, 'name', 'half \ud800 and \u0000'),
    op(5, 'name', 'x', { stamp: { ...device.stamp(5), clientId: 'tablet' } }),
    op(6, 'constructor', 'x'),
    op(7, 'name', 'good'),
  ]
  const first = await device.exchange(ops)
  expect(first.status).toBe(200)
  expect(first.body.acks).toEqual([1, 2, 3, 4, 5, 6, 7])
  expect(first.body.rejects.map(({ seq, code }) => [seq, code])).toEqual([
    [1, 'UNKNOWN_FIELD'],
    [2, 'INVALID_VALUE'],
    [3, 'UNKNOWN_REFERENCE'],
    [4, 'INVALID_VALUE'],
    [5, 'FOREIGN_STAMP'],
    [6, 'UNKNOWN_FIELD'],
  ])
  expect(first.body.changes).toHaveLength(1)
  const again = await device.exchange(ops)
  expect([again.body.acks, again.body.rejects]).toEqual([first.body.acks, first.body.rejects])
})

test('REST and sync describe an invalid value in the same words, with the limit', async () => {
  const device = await newDevice()
  const expected = 'at most 500 characters; this has 734'
  const value = '👍'.repeat(734)
  const op = {
    seq: 1,
    entity: 'tasks',
    id: uuidv7(),
    field: 'name',
    value,
    stamp: device.stamp(1),
    base: null,
  }
  expect((await device.exchange([op])).body.rejects).toEqual([
    { seq: 1, code: 'INVALID_VALUE', reason: expected },
  ])
  const { body: task } = await device.user.call('POST', '/v1/tasks', { name: '👍'.repeat(500) })
  const change = await device.user.call('PATCH', `/v1/tasks/${task.id}`, { name: value })
  expect([change.status, change.body.fields]).toEqual([400, [{ field: 'name', expected }]])
})

test('a malformed op is rejected, even if repeated, and neither stops nor delays the others', async () => {
  const device = await newDevice()
  const good = (seq: number) => ({
    ...{ seq, entity: 'tasks', id: uuidv7(), field: 'name', value: `Task ${seq}`, stamp: device.stamp(seq) },
    base: null,
  })
  const ops = [
    { seq: 1 },
    { ...good(2), id: 'not an id \u0000 \ud800' },
    good(3),
    { ...good(4), entity: 'unicorns' },
    { ...good(5), stamp: { ms: 'soon', counter: -1, clientId: '../phone' } },
    { ...good(6), stamp: null },
    { ...good(7), field: 'x'.repeat(65) },
    { ...good(8), base: [] },
    { ...good(9), group: '\u0000' },
    { ...good(10), value: undefined },
    { ...good(11), id: {} },
    { ...good(12), stamp: { ...device.stamp(12), ms: 1e21 } },
    good(13),
  ]
  const first = await device.exchange(ops)
  expect(first.status).toBe(200)
  expect(first.body.acks).toEqual(ops.map(({ seq }) => seq))
  expect(first.body.error).toBeNull()
  expect(first.body.rejects.map(({ seq }) => seq)).toEqual(ops.map(({ seq }) => seq).filter(isMalformed))
  for (const { code, reason } of first.body.rejects) {
    expect(code).toBe('MALFORMED_OP')
    expect(reason).toMatch(/^The change cannot be read: its [\w.]+ must be .+\.$/)
  }
  expect(first.body.changes.map(({ fields }) => fields.name?.value)).toEqual(['Task 3', 'Task 13'])
  const again = await device.exchange(ops)
  expect([again.body.acks, again.body.rejects]).toEqual([first.body.acks, first.body.rejects])

  function isMalformed(seq: number) {
    return seq !== 3 && seq !== 13
  }
})

test('a request with an op that has no usable number is a 400 that names it', async () => {
  const device = await newDevice()
  for (const seq of [undefined, null, '1', 0, 1.5, 1e300]) {
    const { status, body } = await device.exchange([{ seq }])
    expect([status, (body as unknown as { fields: { field: string }[] }).fields[0]?.field]).toEqual([
      400,
      'ops.0.seq',
    ])
  }
})

// 4,000 rows are 160 MB, which takes minutes on a busy machine; 200 are several pages as well.
test.each(chooseRows([200, 4_000], [200]))(
  '%i rows with the longest notes arrive in pages that stay small',
  async rows => {
    const device = await newDevice()
    await core.postgresQuery(
      `INSERT INTO tasks SELECT $1, gen_random_uuid(), rev, jsonb_build_object('name', s, 'note', s),
       'Task ' || rev, repeat('ن', 20000), null, 'active', null, 'medium', null, null, '', false
     FROM generate_series(1, ${rows}) rev,
       LATERAL (SELECT jsonb_build_object('ms', rev, 'counter', 0, 'clientId', 'phone')) stamp (s)`,
      [device.user.id],
    )
    await core.postgresQuery('INSERT INTO sync_heads VALUES ($1, $2, 0, 0)', [device.user.id, rows])
    const names = new Set<unknown>()
    for (let cursor = 0, more = true; more; ) {
      const { body } = await device.exchange([], cursor)
      expect(Buffer.byteLength(JSON.stringify(body))).toBeLessThan(3_000_000)
      expect(body.cursor).toBeGreaterThan(cursor)
      for (const { fields } of body.changes) names.add(fields.name?.value)
      ;({ cursor, more } = body)
    }
    expect(names.size).toBe(rows)
    const ids = new Set<string>()
    for (let next = '', pages = 0; next !== 'end' && pages < 4; pages++) {
      const after = next === '' ? '' : `&after=${next}`
      const { body } = await device.user.call('GET', `/v1/tasks?limit=1000${after}`)
      expect(Buffer.byteLength(JSON.stringify(body))).toBeLessThan(3_000_000)
      for (const { id } of body.items) {
        expect(ids.has(id)).toBe(false)
        ids.add(id)
      }
      next = body.next ?? 'end'
    }
    expect(ids.size).toBeGreaterThan(150)
  },
  600_000,
)

test('changes of more rows than fit into memory are taken in several requests', async () => {
  const device = await newDevice()
  const rows = 500
  const { rows: tasks } = await core.postgresQuery(
    `INSERT INTO tasks SELECT $1, gen_random_uuid(), rev, '{}', 'Task', repeat('ن', 20000), null, 'active', null, 'medium',
       null, null, '', false FROM generate_series(1, ${rows}) rev RETURNING id`,
    [device.user.id],
  )
  await core.postgresQuery('INSERT INTO sync_heads VALUES ($1, $2, 0, 0)', [device.user.id, rows])
  const ops = tasks.map(({ id }, index) => ({
    ...{ seq: index + 1, entity: 'tasks', id, field: 'due', value: '2026-03-01', stamp: device.stamp(index) },
    base: null,
  }))
  let requests = 0
  for (let left = ops; left.length > 0; requests++) {
    const { body } = await device.exchange(left, rows + ops.length)
    expect(body.error).toBeNull()
    expect(body.acks).toEqual(left.slice(0, body.acks.length).map(({ seq }) => seq))
    expect(body.acks.length).toBeLessThan(300)
    left = left.slice(body.acks.length)
  }
  expect(requests).toBeLessThan(6)
})

test('a row that is larger than a page is a page of its own', async () => {
  const small = await startCore({ page: { rows: 10, textBytes: 1_000 } })
  const user = await small.newUser()
  for (const note of ['x'.repeat(900), 'x'.repeat(5_000), 'x'.repeat(5_000), 'x', 'x'])
    await user.call('POST', '/v1/tasks', { name: 'Task', note })
  const sizes: number[] = []
  for (let cursor = 0, more = true; more; ) {
    const request = { attempt: sizes.length + 1, clientId: 'phone', cursor, ops: [], schema: 1 }
    const { body } = await user.call('POST', '/v1/sync', request)
    sizes.push(body.changes.length)
    ;({ cursor, more } = body)
  }
  expect(sizes).toEqual([1, 1, 1, 2])
  await small.stopAll()
})

test('a gap in the sequence and a stamp from the future end the batch with the reason', async () => {
  const device = await newDevice()
  const op = (seq: number, ms = core.clock.now) => ({
    ...{
      seq,
      entity: 'tasks',
      id: uuidv7(),
      field: 'name',
      value: 'x',
      stamp: device.stamp(seq, ms),
      base: null,
    },
  })
  const gap = await device.exchange([op(1), op(3)])
  expect(gap.body).toMatchObject({ acks: [1], lastSeq: 1, error: { kind: 'gap', expected: 2 } })
  const skew = await device.exchange([op(2), op(3, core.clock.now + 120_001), op(4)])
  expect(skew.body).toMatchObject({
    acks: [2],
    lastSeq: 2,
    error: { kind: 'skew', seq: 3, now: core.clock.now },
  })
})

test('every field comes back exactly as it was written', async () => {
  const device = await newDevice()
  const [project, task, entry] = [uuidv7(), uuidv7(), uuidv7()]
  const written: [string, string, string, unknown][] = [
    ['projects', project, 'name', 'Größe 🌱'],
    ['projects', project, 'color', '#00ff7f'],
    ['projects', project, 'archived', true],
    ['tasks', task, 'project_id', project],
    ['tasks', task, 'completed_at', '2026-03-02T09:59:59.993Z'],
    ['tasks', task, 'due', '2026-03-31'],
    ['tasks', task, 'estimate_s', 0],
    ['tasks', task, 'note', ' keeps\nits spaces '],
    ['tasks', task, 'priority', 'high'],
    ['time_entries', entry, 'task_id', task],
    ['time_entries', entry, 'started_at', '2000-01-01T00:00:00.001Z'],
    ['time_entries', entry, 'ended_at', null],
  ]
  const ops = written.map(([entity, id, field, value], index) => ({
    ...{ seq: index + 1, entity, id, field, value, stamp: device.stamp(index), base: null },
  }))
  const { rejects } = (await device.exchange(ops)).body
  const { changes } = (await device.exchange([])).body
  expect(rejects).toEqual([])
  const read = changes.flatMap(({ entity, id, fields }) =>
    Object.entries(fields).map(([field, { value }]) => [entity, id, field, value]),
  )
  expect(read.toSorted()).toEqual(written.toSorted())
})

test('devices receive what REST and the timer write', async () => {
  const device = await newDevice()
  const { body: task } = await device.user.call('POST', '/v1/tasks', { name: 'By REST' })
  const { changes, cursor } = (await device.exchange([])).body
  expect(changes).toMatchObject([
    { id: task.id, fields: { name: { value: 'By REST', stamp: { clientId: 'server' } } } },
  ])
  await device.user.call('POST', '/v1/timer/start', { task_id: task.id })
  expect((await device.exchange([], cursor)).body.changes).toMatchObject([{ entity: 'time_entries' }])
})

test('a request that violates the protocol is a 400 with the fields', async () => {
  const { user } = await newDevice()
  const { status, body } = await user.call('POST', '/v1/sync', {
    ...{ attempt: 1, clientId: 'server', cursor: -1, ops: [], schema: 2 },
  })
  expect(status).toBe(400)
  expect(body.fields.map(({ field }: { field: string }) => field)).toEqual(['clientId', 'cursor', 'schema'])
})

test('simultaneous writers of one user leave no gap that a cursor could skip', async () => {
  const device = await newDevice()
  const writes = Array.from({ length: 20 }, (_, n) =>
    device.user.call('POST', '/v1/tasks', { name: `task ${n}` }),
  )
  const seen = new Set<string>()
  let cursor = 0
  const pull = async () => {
    const { body } = await device.exchange([], cursor)
    for (const { id } of body.changes) seen.add(id)
    cursor = body.cursor
  }
  while (seen.size < 20 && cursor < 20) await pull()
  const created = await Promise.all(writes)
  await pull()
  expect([...seen].toSorted()).toEqual(created.map(({ body }) => body.id).toSorted())
})
