import { createLog } from '@goalixa/chassis/log'
import { createPool, type Pool } from '@goalixa/chassis/postgres'
import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { removeEvidence } from '../jobs/remove-evidence.job.ts'
import { fakeDependencies } from '../testing/fake-dependencies.ts'
import { sampleEngine } from '../testing/sample-engine.ts'
import { startSyntra, type TestSyntra } from '../testing/start-syntra.ts'
import { startTarget, type Target } from '../testing/start-target.ts'

const log = createLog({ service: 'test', level: 'silent' })
let postgres: TestPostgres
let target: Target
let syntra: TestSyntra
let pool: Pool
let path: string
let incidentPath: string

beforeAll(async () => {
  postgres = await startPostgres()
  target = await startTarget()
})
afterAll(async () => {
  await target.stop()
  await postgres.stop()
})
beforeEach(async () => {
  const databaseUrl = await postgres.createDatabase()
  const engine = sampleEngine()
  syntra = await startSyntra({
    databaseUrl,
    dependencies: fakeDependencies(target.url, {
      ...engine,
      chooseProposal: () => ({ proposal: null, message: 'Nothing is proposed.', missing: [] }),
    }),
  })
  pool = createPool({ url: databaseUrl, name: 'test' })
  await syntra.deliver([{}])
  const page = await syntra.until(
    '/v1/incidents',
    body => body.incidents?.[0]?.investigation?.state === 'done',
  )
  incidentPath = `/v1/incidents/${page.incidents[0].id}`
  path = `/v1/investigations/${page.incidents[0].investigation.id}`
})
afterEach(async () => {
  await pool.end()
  await syntra.stop()
})

const ids = (body: { evidence: { id: string }[] }) => body.evidence.map(({ id }) => id)
const days = (count: number) => new Date(Date.now() + count * 86_400_000)

test('the list of evidence has pages and no results, however large they are', async () => {
  const large = 'x'.repeat(3_000_000)
  await pool.query(`UPDATE evidence SET answer = jsonb_set(answer, '{result}', to_jsonb($1::text))`, [large])
  const first = await syntra.get(`${path}/evidence?limit=4`)
  expect(JSON.stringify(first.body).length).toBeLessThan(5_000)
  expect(ids(first.body)).toEqual(['E1', 'E2', 'E3', 'E4'])
  expect(first.body.evidence[0]).toMatchObject({
    question: 'pods',
    tool: 'target_read',
    outcome: 'read',
    tookMs: 1,
  })
  const last = await syntra.get(`${path}/evidence?limit=4&after=${first.body.next}`)
  expect([ids(last.body), last.body.next]).toEqual([['E5', 'E6'], null])
  expect((await syntra.get(`${path}/evidence/E2`)).body.answer.result).toBe(large)
  expect((await syntra.get(`${path}/evidence?after=7`)).body.fields).toEqual([
    { field: 'after', expected: 'an id like E1' },
  ])
})

test('results are removed some days after the incident was closed, and the conclusions stay verifiable', async () => {
  expect(await removeEvidence({ pool, log }, 30, days(400))).toBe(0)
  await pool.query(`UPDATE incidents SET state = 'closed', closed_at = now()`)
  expect(await removeEvidence({ pool, log }, 0, days(400))).toBe(0)
  expect(await removeEvidence({ pool, log }, 30, days(29))).toBe(0)
  const before = (await syntra.get(path)).body
  const index = (await syntra.get(`${path}/evidence`)).body
  expect(await removeEvidence({ pool, log }, 30, days(31))).toBe(1)
  expect(await removeEvidence({ pool, log }, 30, days(31))).toBe(0)

  const after = (await syntra.get(path)).body
  expect(after.evidenceRemovedAt).toBe(new Date(after.evidenceRemovedAt).toISOString())
  expect(after).toEqual({ ...before, evidenceRemovedAt: after.evidenceRemovedAt })
  expect((await syntra.get(`${path}/evidence`)).body).toEqual(index)
  const { body: removed } = await syntra.get(`${path}/evidence/E1`)
  expect(removed).toMatchObject({
    removedAt: after.evidenceRemovedAt,
    answer: { outcome: 'read', result: null },
  })
  const { body: timeline } = await syntra.get(`${incidentPath}/timeline`)
  expect(timeline.tamperedAt).toBeNull()
  expect(timeline.lines.at(-1)).toMatchObject({ kind: 'evidence-removed' })
  expect((await syntra.get(`${incidentPath}/report`)).body.verdict).toEqual(before.verdict)
  for (const answer of [await syntra.post(`${path}/replay`, undefined), await syntra.get(`${path}/snapshot`)])
    expect(answer).toMatchObject({
      status: 409,
      body: { code: 'EVIDENCE_REMOVED', detail: expect.stringContaining('passed its retention') },
    })
})

test('old evidence is removed a few investigations at a time', async () => {
  await pool.query(
    `INSERT INTO investigations (id, incident_id, state, reason, requested_by)
     SELECT gen_random_uuid(), id, 'done', 'alert', 'syntra' FROM incidents, generate_series(1, 24)`,
  )
  await pool.query(`UPDATE incidents SET state = 'closed', closed_at = now()`)
  const removed = [1, 2, 3, 4].map(() => removeEvidence({ pool, log }, 1, days(2)))
  const counts = []
  for (const count of removed) counts.push(await count)
  expect(Math.max(...counts)).toBeLessThanOrEqual(10)
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(25)
})
