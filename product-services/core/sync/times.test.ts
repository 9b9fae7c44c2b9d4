import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startCore, type TestCore } from '../testing/start-core.ts'
import type { SyncResponse } from './sync.schema.ts'

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

const MINUTE = 60_000
const after = (ms: number) => new Date(core.clock.now + ms).toISOString()

type Fields = Record<string, string | null>

async function newDevice(clientId = 'phone') {
  const user = await core.newUser()
  let [attempt, seq] = [0, 0]
  const op = (id: string, field: string, value: unknown, over: object = {}) => ({
    ...{ seq: ++seq, entity: 'time_entries', id, field, value, base: null },
    ...{ stamp: { ms: core.clock.now, counter: seq, clientId } },
    ...over,
  })
  const send = async (request: object): Promise<SyncResponse> => {
    const body = { attempt: ++attempt, clientId, cursor: 0, schema: 1, ...request }
    return (await user.call('POST', '/v1/sync', body)).body
  }
  const read = async (id: string): Promise<Fields> => (await user.call('GET', `/v1/time-entries/${id}`)).body
  const conflicts = async () =>
    (await database.query('SELECT 1 FROM conflicts WHERE user_id = $1', [user.id])).rowCount
  return { user, op, send, read, conflicts }
}

test.each([
  ['a day ahead', 86_400_000],
  ['a day behind', -86_400_000],
  ['three minutes behind, or delivered late', -180_000],
])('core takes nothing of a device whose clock is %s, and says what time it is', async (_name, offMs) => {
  const { op, send, read } = await newDevice()
  const id = uuidv7()
  const ops = [op(id, 'started_at', after(0)), op(id, 'ended_at', after(0))]
  const refused = await send({ ops, now: core.clock.now + offMs })
  expect(refused).toMatchObject({
    acks: [],
    lastSeq: 0,
    error: { kind: 'skew', seq: 1, now: core.clock.now },
  })
  const taken = await send({ ops, now: core.clock.now + 100_000 * Math.sign(offMs) })
  expect(taken).toMatchObject({ acks: [1, 2], error: null })
  // What core holds already is acknowledged whatever the clock: the device must not change it any more.
  expect(await send({ ops, now: core.clock.now + offMs })).toMatchObject({ acks: [1, 2], error: null })
  expect(await read(id)).toMatchObject({ started_at: after(0), ended_at: after(0) })
})

test('a device that has pulled the stamps of a core whose clock was ahead can still edit', async () => {
  const { op, send } = await newDevice()
  const id = uuidv7()
  core.clock.now += 60 * MINUTE
  const first = op(id, 'note', 'written while the clock was an hour ahead')
  expect(await send({ ops: [first], now: core.clock.now })).toMatchObject({ acks: [1], error: null })
  core.clock.now -= 60 * MINUTE
  // As a client does that has seen the row: newer than the value it replaces.
  const next = { ...first.stamp, counter: first.stamp.counter + 1 }
  const second = op(id, 'note', 'written after it was corrected', { base: first.stamp, stamp: next })
  expect(await send({ ops: [second], now: core.clock.now })).toMatchObject({ acks: [2], error: null })
  const ahead = op(id, 'note', 'ahead of everything', { stamp: { ...next, ms: next.ms + 1 } })
  expect(await send({ ops: [ahead], now: core.clock.now })).toMatchObject({ error: { kind: 'skew', seq: 3 } })
})

test('a request that a newer one of its client has overtaken changes nothing', async () => {
  const { op, send } = await newDevice()
  const now = core.clock.now
  const [first, second] = [op(uuidv7(), 'note', 'first'), op(uuidv7(), 'note', 'second')]
  await send({ attempt: 5, ops: [first], now })
  expect(await send({ attempt: 4, ops: [first, second], now })).toMatchObject({
    acks: [],
    error: { kind: 'stale' },
  })
  expect(await send({ attempt: 6, ops: [second], now })).toMatchObject({ acks: [2], error: null })
  // A simple client that numbers nothing is not held to it.
  const third = op(uuidv7(), 'note', 'third')
  expect(await send({ attempt: 1, ops: [third] })).toMatchObject({ acks: [3], error: null })
})

test('a time in the future or before 2000 is refused, by REST and by sync', async () => {
  const { user, op, send } = await newDevice()
  const create = (fields: Fields) => user.call('POST', '/v1/time-entries', { ...fields })
  const problems = [
    [await create({ started_at: after(86_400_000) }), 'started_at', /not in the future/],
    [await create({ started_at: after(0), ended_at: after(3 * MINUTE) }), 'ended_at', /not in the future/],
    [
      await create({ started_at: '1826-01-01T00:00:00.000Z', ended_at: after(0) }),
      'started_at',
      /from 2000 to 2199/,
    ],
    [await create({ started_at: after(0), ended_at: after(-1) }), 'ended_at', /not before started_at/],
  ] as const
  for (const [{ status, body }, field, words] of problems) {
    expect([status, body.fields[0].field]).toEqual([400, field])
    expect(body.fields[0].expected).toMatch(words)
  }
  const [tooEarly, tooLate] = [
    op(uuidv7(), 'started_at', '1826-01-01T00:00:00.000Z'),
    op(uuidv7(), 'started_at', after(86_400_000)),
  ]
  const { rejects } = await send({ ops: [tooEarly, tooLate] })
  expect(rejects.map(({ code }) => code)).toEqual(['INVALID_VALUE', 'IN_THE_FUTURE'])
})

test('a clock that is a little ahead starts a timer now, not in the future', async () => {
  const { user, op, send, read, conflicts } = await newDevice()
  const id = uuidv7()
  await send({ ops: [op(id, 'started_at', after(MINUTE))] })
  expect(await read(id)).toMatchObject({ started_at: after(0), ended_at: null })
  expect((await user.call('GET', '/v1/timer')).body.entry.id).toBe(id)
  const { body } = await user.call('POST', '/v1/timer/stop')
  expect(body.entry).toMatchObject({ id, ended_at: after(0) })
  expect(await conflicts()).toBe(0)
})

test('an entry of tomorrow that was stored before does not run, and start and stop work beside it', async () => {
  const { user, read } = await newDevice()
  const { id } = (await user.call('POST', '/v1/time-entries', { started_at: after(-MINUTE) })).body
  const tomorrow = after(86_400_000)
  await database.query('UPDATE time_entries SET started_at = $2 WHERE id = $1', [id, tomorrow])
  expect((await user.call('GET', '/v1/timer')).body).toEqual({ entry: null })
  expect((await user.call('POST', '/v1/timer/stop')).body.code).toBe('NO_RUNNING_TIMER')
  const started = (await user.call('POST', '/v1/timer/start')).body.entry
  core.clock.now += 10 * MINUTE
  expect((await user.call('POST', '/v1/timer/stop')).body.entry).toMatchObject({
    id: started.id,
    started_at: after(-10 * MINUTE),
    ended_at: after(0),
  })
  expect(await read(id)).toMatchObject({ started_at: tomorrow, ended_at: null })
})

// A device's id may sort before or after `server`, and its ops of one millisecond differ in the counter only.
test.each(['0a1b', 'server-like', 'zebra'])(
  'an end that follows in the next batch of one gesture beats what core derived in between (%s)',
  async clientId => {
    const { user, op, send, read, conflicts } = await newDevice(clientId)
    const [moved, older] = [uuidv7(), uuidv7()]
    await send({
      ops: [op(moved, 'started_at', after(-60 * MINUTE)), op(moved, 'ended_at', after(-50 * MINUTE))],
    })
    const base = { ms: core.clock.now, counter: 2, clientId }
    const gesture = [
      op(moved, 'started_at', after(-40 * MINUTE), { base: { ...base, counter: 1 } }),
      op(moved, 'ended_at', after(-30 * MINUTE), { base }),
      op(older, 'started_at', after(-20 * MINUTE)),
      op(older, 'ended_at', after(-10 * MINUTE)),
    ]
    await send({ ops: gesture.slice(0, 1) })
    expect(await read(moved)).toMatchObject({ ended_at: after(-40 * MINUTE) })
    await send({ ops: gesture.slice(1, 3) })
    await user.call('POST', '/v1/timer/start')
    expect(await read(older)).toMatchObject({ ended_at: after(0) })
    await send({ ops: gesture.slice(3) })
    expect(await read(moved)).toMatchObject({
      started_at: after(-40 * MINUTE),
      ended_at: after(-30 * MINUTE),
    })
    expect(await read(older)).toMatchObject({ ended_at: after(-10 * MINUTE) })
    expect(await conflicts()).toBe(0)
  },
)
