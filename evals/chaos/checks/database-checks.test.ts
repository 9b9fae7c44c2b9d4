import { createPool, type Pool } from '@goalixa/chassis/postgres'
import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import { openStorage } from '@goalixa/syntra/storage/open-storage'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { alertsSeen } from './alerts-seen.check.ts'
import type { Check, Facts } from './check.ts'
import { timelineWhole } from './timeline-whole.check.ts'

let postgres: TestPostgres
let pool: Pool
let incident: string
let investigation: string

beforeAll(async () => {
  postgres = await startPostgres()
  const url = await postgres.createDatabase()
  await (await openStorage({ url, name: 'test', leaseSeconds: 10 })).close()
  pool = createPool({ url, name: 'checks' })
})
afterAll(async () => {
  await pool.end()
  await postgres.stop()
})

/** One incident with an alert, an investigation that covers it, and three timeline entries. */
beforeEach(async () => {
  await pool.query('TRUNCATE incidents CASCADE')
  incident = uuid()
  investigation = uuid()
  const scope = {
    alerts: [{ name: 'Down', labels: { service: 'core' }, startsAt: '2026-01-01T00:00:00.000Z' }],
  }
  await pool.query(
    `INSERT INTO incidents (id, state, title, severity, opened_at, active_at) VALUES ($1, 'open', 't', 'warning', now(), now())`,
    [incident],
  )
  await pool.query(
    `INSERT INTO investigations (id, incident_id, state, reason, requested_by, scope, started_at)
     VALUES ($1, $2, 'done', 'r', 'alerts', $3, now())`,
    [investigation, incident, JSON.stringify(scope)],
  )
  await pool.query(
    `INSERT INTO evidence (investigation_id, question_id, number, round, question, answer) VALUES ($1, 'q', 1, 1, '{}', '{}')`,
    [investigation],
  )
  await pool.query(
    `INSERT INTO alerts (id, incident_id, fingerprint, name, status, labels, annotations, starts_at, seen_by)
     VALUES ('a1', $1, 'f', 'Down', 'firing', '{"service": "core"}', '{}', '2026-01-01T00:00:00Z', $2)`,
    [incident, investigation],
  )
  for (const key of ['one', 'two', 'three'])
    await pool.query(
      `INSERT INTO timeline (incident_id, key, at, kind, message, data) VALUES ($1, $2, now(), 'alert-received', $2, '{}')`,
      [incident, key],
    )
})

async function messagesOf(check: Check, heads: [string, { id: string; hash: string }][] = []) {
  const facts = { system: { database: pool }, journal: { timelineHeads: new Map(heads) } } as unknown as Facts
  return (await check.run(facts)).violations.map(({ message }) => message)
}

test('alerts-seen sees an alert that counts as seen by an investigation that read nothing, or is about something else', async () => {
  expect(await messagesOf(alertsSeen)).toEqual([])
  await pool.query(`UPDATE alerts SET labels = '{"service": "auth"}'`)
  expect(await messagesOf(alertsSeen)).toEqual([
    'the alert Down counts as seen by an investigation that does not cover it',
  ])
  await pool.query('UPDATE evidence SET answer = NULL')
  expect(await messagesOf(alertsSeen)).toEqual([
    'the alert Down counts as seen by an investigation that read nothing',
  ])
})

test('timeline-whole sees a chain that was cut off at its end, which is whole in itself', async () => {
  const { rows } = await pool.query('SELECT id::text, hash FROM timeline ORDER BY timeline.id DESC LIMIT 1')
  expect(await messagesOf(timelineWhole, [[incident, rows[0]]])).toEqual([])
  await pool.query('ALTER TABLE timeline DISABLE TRIGGER timeline_refuse')
  await pool.query('DELETE FROM timeline WHERE key = $1', ['three'])
  await pool.query('ALTER TABLE timeline ENABLE TRIGGER timeline_refuse')
  expect(await messagesOf(timelineWhole)).toEqual([])
  expect(await messagesOf(timelineWhole, [[incident, rows[0]]])).toHaveLength(1)
})
