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
    ['tasks', task, 'completed_at', '2026-03-02T10:00:00.007Z'],
    ['tasks', task, 'due', '2026-03-31'],
    ['tasks', task, 'estimate_s', 0],
    ['tasks', task, 'note', ' keeps\nits spaces '],
    ['tasks', task, 'priority', 'high'],
    ['time_entries', entry, 'task_id', task],
    ['time_entries', entry, 'started_at', '1999-12-31T23:59:59.999Z'],
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
