import { createLog } from '@goalixa/chassis/log'
import { createMetrics } from '@goalixa/chassis/metrics'
import { migrate } from '@goalixa/chassis/migrate'
import { createPool, type Pool } from '@goalixa/chassis/postgres'
import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import { createAnsweringServer } from '@goalixa/tools/testing/answering-server'
import { Webhook } from 'standardwebhooks'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { appendEntries, type NewTimelineEntry } from '../incidents/timeline.repository.ts'
import { createSyntraMetrics } from '../telemetry/metrics.ts'
import { fakeDependencies } from '../testing/fake-dependencies.ts'
import { startSyntra } from '../testing/start-syntra.ts'
import { deliverNotifications } from './deliver-notifications.job.ts'
import { leaseNotifications } from './notifications.repository.ts'
import { createWebhookSink } from './webhook.sink.ts'

const SECRET = `whsec_${Buffer.from('thirty-two bytes of a test secret').toString('base64')}`
const log = createLog({ service: 'test', level: 'silent' })
let postgres: TestPostgres
beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.stop())

describe('delivery', () => {
  const INCIDENT = '01900000-0000-7000-8000-000000000001'
  const OTHER = '01900000-0000-7000-8000-000000000002'
  let pool: Pool
  let receiver: Awaited<ReturnType<typeof createAnsweringServer>>
  let answer: Parameters<typeof createAnsweringServer>[0]
  let nowMs: number

  beforeEach(async () => {
    const url = await postgres.createDatabase()
    pool = createPool({ url, name: 'test' })
    await migrate(pool, new URL('../migrations', import.meta.url).pathname)
    for (const id of [INCIDENT, OTHER])
      await pool.query(
        `INSERT INTO incidents (id, state, title, severity, namespace, service, cluster, opened_at, active_at)
         VALUES ($1, 'open', 'High error rate of core', 'critical', 'shop', 'core', 'eu-1', now(), now())`,
        [id],
      )
    answer = () => ({ status: 204 })
    receiver = await createAnsweringServer(asked => answer(asked))
    nowMs = Date.now()
  })
  afterEach(() => Promise.all([pool.end(), receiver.close()]))

  const say = (message: string, kind: 'escalated' | 'incident-closed' = 'escalated', incidentId = INCIDENT) =>
    appendEntries(pool, [
      { incidentId, key: message, kind, message, at: '2026-03-01T10:00:00.000Z' } satisfies NewTimelineEntry,
    ])
  const deliver = (urls = [receiver.url]) =>
    deliverNotifications({
      pool,
      sinks: urls.map(url => createWebhookSink({ connection: { url }, secret: SECRET })),
      metrics: createSyntraMetrics(createMetrics()),
      log,
      now: new Date(nowMs),
      signal: new AbortController().signal,
    })
  const received = () => receiver.asked.map(({ body }) => JSON.parse(body).data.message)

  it('posts a signed CloudEvent of what people are notified of, once', async () => {
    await say('Nobody is on call.')
    await say('The incident is closed.', 'incident-closed')
    await deliver()
    await deliver()
    expect(received()).toEqual(['Nobody is on call.'])
    const { headers, body } = receiver.asked[0] as { headers: Record<string, string>; body: string }
    expect(headers['content-type']).toBe('application/cloudevents+json')
    expect(new Webhook(SECRET).verify(body, headers)).toEqual({
      specversion: '1.0',
      id: headers['webhook-id'],
      source: '/syntra',
      type: 'com.goalixa.syntra.escalated',
      subject: `incidents/${INCIDENT}`,
      time: '2026-03-01T10:00:00.000Z',
      datacontenttype: 'application/json',
      data: {
        kind: 'escalated',
        severity: 'attention',
        title: 'escalated',
        message: 'Nobody is on call.',
        data: {},
        incident: {
          id: INCIDENT,
          title: 'High error rate of core',
          state: 'open',
          severity: 'critical',
          namespace: 'shop',
          service: 'core',
          cluster: 'eu-1',
        },
      },
    })
  })

  it('gives an event an id that no other installation gives, although each numbers its entries from 1', async () => {
    await say('first')
    await deliver()
    const { rows } = await pool.query('SELECT id FROM timeline')
    expect(receiver.asked[0]?.headers['webhook-id']).toBe(`${INCIDENT}-${rows[0].id}`)
  })

  it('leases from a long backlog without comparing all of its notifications with each other', async () => {
    await pool.query('ALTER TABLE timeline DISABLE TRIGGER USER')
    await pool.query(
      `WITH written AS (
         INSERT INTO timeline (id, incident_id, key, at, kind, message, data, previous_hash, hash)
         SELECT nextval('timeline_ids'), $1, n::text, now(), 'escalated', 'm', '{}', '', ''
         FROM generate_series(1, 30000) n RETURNING id, incident_id)
       INSERT INTO notifications (timeline_id, incident_id) SELECT id, incident_id FROM written`,
      [INCIDENT],
    )
    await pool.query('ANALYZE notifications')
    const now = new Date(nowMs)
    const startedAt = performance.now()
    expect(await leaseNotifications(pool, { now, leasedUntil: new Date(nowMs + 1), limit: 20 })).toHaveLength(
      1,
    )
    expect(await leaseNotifications(pool, { now, leasedUntil: now, limit: 20 })).toEqual([])
    expect(performance.now() - startedAt).toBeLessThan(2_000)
  })

  it('tries again with the same id after a pause while the receiver is unavailable, and keeps the order of an incident', async () => {
    answer = () => ({ status: 503 })
    await say('first')
    await say('second')
    await say('elsewhere', 'escalated', OTHER)
    await deliver()
    expect(received().toSorted()).toEqual(['elsewhere', 'first'])
    answer = () => ({ status: 204 })
    await deliver()
    expect(receiver.asked).toHaveLength(2)
    nowMs += 5_000
    await deliver()
    expect(received().slice(2).toSorted()).toEqual(['elsewhere', 'first', 'second'])
    expect(received().indexOf('second')).toBeGreaterThan(received().lastIndexOf('first'))
    const ids = receiver.asked.map(({ headers }) => headers['webhook-id'])
    expect(new Set(ids).size).toBe(3)
  })

  it('pauses for as long as the receiver asks', async () => {
    answer = () => ({ status: 429, headers: { 'retry-after': '90' } })
    await say('first')
    await deliver()
    nowMs += 60_000
    await deliver()
    expect(receiver.asked).toHaveLength(1)
    nowMs += 31_000
    await deliver()
    expect(receiver.asked).toHaveLength(2)
  })

  it('takes any answer below 300 as accepted, however long', async () => {
    answer = () => ({ body: 'thank you '.repeat(100_000) })
    await say('first')
    await deliver()
    await deliver()
    expect(received()).toEqual(['first'])
    const { rows } = await pool.query('SELECT count(*)::int AS pending FROM notifications')
    expect(rows[0].pending).toBe(0)
  })

  it('gives up one that the receiver rejects, and any after a day, and goes on with the next', async () => {
    answer = ({ body }) => ({ status: body.includes('first') ? 400 : 204 })
    await say('first')
    await say('second')
    await deliver()
    expect(received()).toEqual(['first', 'second'])
    answer = () => ({ status: 500 })
    await say('third')
    await deliver()
    nowMs += 90_000_000
    await deliver()
    nowMs += 3_600_000
    await deliver()
    expect(received()).toEqual(['first', 'second', 'third', 'third'])
  })

  it('takes over what a dead worker had leased', async () => {
    await say('first')
    await pool.query(`UPDATE notifications SET next_attempt_at = $1`, [new Date(nowMs + 120_000)])
    await deliver()
    expect(received()).toEqual([])
    nowMs += 121_000
    await deliver()
    expect(received()).toEqual(['first'])
  })

  it('two workers do not send the same one side by side', async () => {
    for (let index = 0; index < 10; index += 1) await say(`n${index}`)
    await Promise.all([deliver(), deliver(), deliver()])
    expect(received().toSorted()).toEqual(Array.from({ length: 10 }, (_, index) => `n${index}`))
  })

  it('without a sink forgets what is old, so that an old incident is not announced later', async () => {
    await say('first')
    await pool.query(`UPDATE notifications SET created_at = now() - interval '11 minutes'`)
    await say('second', 'escalated', OTHER)
    await deliver([])
    await deliver()
    expect(received()).toEqual(['second'])
  })

  it.each([401, 404, 409])(
    'tries again after a %i, as an ingress answers during a deployment',
    async status => {
      answer = () => ({ status })
      await say('first')
      await deliver()
      answer = () => ({ status: 204 })
      nowMs += 5_000
      await deliver()
      expect(received()).toEqual(['first', 'first'])
    },
  )
})

it('an incident is announced through a running Syntra', async () => {
  const receiver = await createAnsweringServer(() => ({ status: 204 }))
  const syntra = await startSyntra({
    databaseUrl: await postgres.createDatabase(),
    dependencies: fakeDependencies('http://127.0.0.1:1'),
    settings: { SYNTRA_NOTIFY_WEBHOOK_URL: `${receiver.url}/hook?team=core` },
  })
  await syntra.deliver([{}])
  await expect.poll(() => receiver.asked.length, { timeout: 30_000 }).toBeGreaterThan(0)
  await syntra.stop()
  await receiver.close()
  const [first] = receiver.asked
  expect(first?.path).toBe('/hook?team=core')
  expect(first?.headers).not.toHaveProperty('webhook-signature')
  expect(JSON.parse(first?.body ?? '').type).toBe('com.goalixa.syntra.incident-opened')
})
