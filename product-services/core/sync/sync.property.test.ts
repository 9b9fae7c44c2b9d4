import { isDerivedFrom } from '@goalixa/rules/stamps/derived-stamp'
import { compareStamps, type Stamp, stampKey } from '@goalixa/rules/stamps/stamp'
import fc from 'fast-check'
import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createModelDevice, type ModelDevice } from '../testing/create-model-device.ts'
import { startCore, type TestCore } from '../testing/start-core.ts'
import { ArrivingSyncRequest, type SyncRequest } from './sync.schema.ts'

// Model devices exchange random histories with the real server on a real PostgreSQL. SYNC_RUNS sets the number of runs.
const RUNS = Number(process.env.SYNC_RUNS ?? 60)
const SKEW_MS = 120_000

let core: TestCore
let database: pg.Client

beforeAll(async () => {
  core = await startCore({ page: { rows: 3, textBytes: 100_000 } })
  database = new pg.Client({ connectionString: core.databaseUrl })
  await database.connect()
})
afterAll(async () => {
  await database.end()
  await core.stopAll()
})

const VALUES: Record<string, unknown[]> = {
  name: ['', 'a', 'b', 'c', 'd', 'e'],
  status: ['active', 'completed'],
  due: [null, '2026-03-01', '2026-03-02'],
  deleted: [true, false],
  estimate_s: [null, 1, 2, -1],
  // The longest in two alphabets, and two that core rejects.
  note: ['', 'ن'.repeat(20_000), '\u0001'.repeat(20_000), 'x'.repeat(20_001), 'half \ud800'],
  colour: ['no such field'],
  'not a field': ['malformed'],
}
// Times of entries as a device or a person may get them wrong, in ms from now; core rejects the last.
const TIMES_MS = [-7_200_000, -1, 0, 60_000, 120_000, 200_000]
const times = fc.record({
  kind: fc.constant('times' as const),
  device: fc.nat(3),
  row: fc.nat(2),
  field: fc.constantFrom('started_at', 'ended_at'),
  ms: fc.constantFrom(...TIMES_MS),
})
const edit = fc.record({
  kind: fc.constant('edit' as const),
  device: fc.nat(3),
  row: fc.nat(3),
  field: fc.constantFrom(...Object.keys(VALUES)),
  value: fc.nat(5),
})
const sync = fc.record({
  kind: fc.constant('sync' as const),
  device: fc.nat(3),
  ops: fc.integer({ min: 0, max: 4 }),
  net: fc.constantFrom('ok', 'ok', 'lostRequest', 'lostAnswer', 'twice', 'late'),
})
const late = fc.record({ kind: fc.constant('deliverLate' as const), which: fc.nat(5) })
const time = fc.record({ kind: fc.constant('time' as const), ms: fc.integer({ min: 1, max: 600_000 }) })
const offset = fc.oneof(
  fc.constant(0),
  fc.integer({ min: -400 * 864e5, max: 400 * 864e5 }),
  fc.integer({ min: -90_000, max: 90_000 }),
)
const history = fc.record({
  offsets: fc.array(offset, { minLength: 4, maxLength: 4 }),
  events: fc.array(
    fc.oneof(
      { weight: 5, arbitrary: edit },
      { weight: 3, arbitrary: times },
      { weight: 5, arbitrary: sync },
      { weight: 1, arbitrary: late },
      { weight: 2, arbitrary: time },
    ),
    { minLength: 5, maxLength: 80, size: 'max' },
  ),
})

test(
  'whatever the network and the clocks do, no edit is lost, doubled or silently overwritten',
  async () => {
    await fc.assert(
      fc.asyncProperty(history, async ({ offsets, events }) => {
        await assertInvariants(await play(offsets, events))
      }),
      { numRuns: RUNS, seed: 42 },
    )
  },
  60_000 + RUNS * 1_000,
)

type Outcome = { user: string; devices: ModelDevice[] }
type Event =
  typeof edit extends fc.Arbitrary<infer E>
    ?
        | E
        | (typeof sync extends fc.Arbitrary<infer S> ? S : never)
        | (typeof times extends fc.Arbitrary<infer T> ? T : never)
        | { kind: 'deliverLate'; which: number }
        | { kind: 'time'; ms: number }
    : never

async function play(offsets: number[], events: Event[]): Promise<Outcome> {
  core.clock.now = 1_800_000_000_000
  const user = uuidv7()
  const rows = Array.from({ length: 4 }, () => uuidv7())
  const entries = Array.from({ length: 3 }, () => uuidv7())
  // As the route takes it: whole numbers, known fields.
  const send = (request: SyncRequest) => core.sync.sync(user, ArrivingSyncRequest.parse(request))
  const devices = offsets.map((offsetMs, index) =>
    createModelDevice({
      clientId: `d${index}`,
      now: () => core.clock.now + offsetMs,
      tellsTime: index % 2 === 0,
    }),
  )
  const waiting: { request?: SyncRequest; answer?: () => void }[] = []
  for (const event of events) {
    if (event.kind === 'time') core.clock.now += event.ms
    else if (event.kind === 'deliverLate') {
      const [item] = waiting.length > 0 ? waiting.splice(event.which % waiting.length, 1) : []
      if (item?.request) await send(item.request)
      item?.answer?.()
    } else {
      const device = devices[event.device]
      if (!device) continue
      if (event.kind === 'edit') {
        const values = VALUES[event.field] ?? []
        device.edit(rows[event.row] ?? '', event.field, values[event.value % values.length] as string | null)
        continue
      }
      if (event.kind === 'times') {
        const value = new Date(core.clock.now + event.ms).toISOString()
        device.edit(entries[event.row] ?? '', event.field, value, 'time_entries')
        continue
      }
      const request = device.request(event.ops)
      if (event.net === 'lostRequest') continue
      if (event.net === 'late') waiting.push({ request })
      else {
        const answer = await send(request)
        if (event.net === 'twice') await send(structuredClone(request))
        if (event.net !== 'lostAnswer') device.receive(answer)
        else if (request.ops.length % 2) waiting.push({ answer: () => device.receive(answer) })
      }
    }
  }
  for (const { request } of waiting) if (request) await send(request)
  for (let round = 0; round < 60; round++) {
    core.clock.now += 1_000
    for (const device of devices) device.receive(await send(device.request(50)))
    if (round > 3 && devices.every(device => device.isIdle())) break
  }
  return { user, devices }
}

type Logged = {
  client: string
  seq: number
  id: string
  field: string
  value: unknown
  stamp: Stamp
  base: Stamp | null
  at: Date
  rejected: boolean
}

async function assertInvariants({ user, devices }: Outcome) {
  const log = (
    await database.query<Logged>(
      `SELECT client_id AS client, seq::int AS seq, row_id AS id, field, value, stamp, base, at,
              reject_code IS NOT NULL AS rejected FROM ops WHERE user_id = $1`,
      [user],
    )
  ).rows
  const conflicts = (
    await database.query<{ id: string; field: string; stamp: Stamp }>(
      'SELECT row_id AS id, field, lost_stamp AS stamp FROM conflicts WHERE user_id = $1',
      [user],
    )
  ).rows
  const fresh = createModelDevice({ clientId: 'observer', now: () => core.clock.now })
  for (let more = true; more; ) {
    const answer = await core.sync.sync(user, fresh.request(0))
    fresh.receive(answer)
    more = answer.more
  }
  for (const device of devices) {
    expect(device.pending(), 'the outbox drains').toBe(0)
    expect(device.canonical(), 'every replica converges').toBe(fresh.canonical())
    for (const { seq } of device.made)
      expect(
        log.filter(op => op.client === device.clientId && op.seq === seq),
        'every op is taken exactly once',
      ).toHaveLength(1)
  }
  const accepted = log.filter(op => !op.rejected)
  const place = (op: { id: string; field: string }, stamp: Stamp | null) =>
    `${op.id}/${op.field}/${stampKey(stamp)}`
  const bases = new Set(accepted.map(op => place(op, op.base)))
  const lost = new Set(conflicts.map(conflict => place(conflict, conflict.stamp)))
  const isKept = (op: Logged): boolean => {
    const current = fresh.field(op.id, op.field)
    if (current && (stampKey(current.stamp) === stampKey(op.stamp) || current.value === op.value)) return true
    if (bases.has(place(op, op.stamp)) || lost.has(place(op, op.stamp))) return true
    return accepted.some(
      later =>
        later.id === op.id &&
        later.field === op.field &&
        (later.value === op.value || isDerivedFrom(later.stamp, op.stamp)) &&
        compareStamps(later.stamp, op.stamp) > 0 &&
        isKept(later),
    )
  }
  await assertTimes(user)
  for (const op of accepted.filter(({ client }) => client !== 'server')) {
    expect(isKept(op), 'no value is overwritten silently').toBe(true)
    if (op.base)
      expect(
        compareStamps(op.stamp, op.base),
        'an edit is newer than the value its author saw',
      ).toBeGreaterThan(0)
    expect(op.stamp.ms, 'no stamp from the future is accepted').toBeLessThanOrEqual(op.at.getTime() + SKEW_MS)
  }
}

async function assertTimes(user: string) {
  const { rows } = await database.query(
    `SELECT count(*) FILTER (WHERE greatest(started_at, ended_at) > $2)::int AS future,
            count(*) FILTER (WHERE ended_at < started_at)::int AS reversed,
            count(*) FILTER (WHERE ended_at IS NULL AND started_at IS NOT NULL)::int AS running
     FROM time_entries WHERE user_id = $1`,
    [user, new Date(core.clock.now)],
  )
  expect(rows[0]).toMatchObject({ future: 0, reversed: 0 })
  expect(rows[0].running, 'at most one timer runs').toBeLessThanOrEqual(1)
}
