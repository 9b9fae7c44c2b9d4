import { join } from 'node:path'
import { migrate } from '@goalixa/chassis/migrate'
import { createPool, type Pool } from '@goalixa/chassis/postgres'
import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import type { Question } from '@goalixa/tools/evidence'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLedger } from '../actions/ledger.ts'
import { requireAction } from '../actions/require-action.ts'
import { closePendingRevert } from '../pending-reverts/close-pending-revert.ts'
import { createLeases } from '../storage/leases.ts'
import { enterAction } from '../testing/enter-action.ts'
import { sampleProposal } from '../testing/sample-proposal.ts'
import { createEvidenceRepository } from './evidence.repository.ts'
import { createInvestigationRecord } from './investigation-record.ts'
import { createInvestigationsRepository } from './investigations.repository.ts'

const AT = new Date()
const QUESTION: Question = { id: 'logs', tool: 'kubernetes_read_logs', args: {}, why: 'test' }

let postgres: TestPostgres
let pool: Pool

beforeAll(async () => {
  postgres = await startPostgres()
  pool = createPool({ url: await postgres.createDatabase(), name: 'test' })
  await migrate(pool, join(import.meta.dirname, '../migrations'))
})
afterAll(async () => {
  await pool.end()
  await postgres.stop()
})

test('a worker that has lost its lease writes neither answers, entries, reports, spending nor the end of a pending revert', async () => {
  const actionId = await enterAction(pool, {
    state: 'succeeded',
    proposal: sampleProposal(),
    target: 'shop/Deployment/core',
    at: AT,
  })
  await pool.query(`UPDATE actions SET pending_revert = '{"state": "waiting"}' WHERE id = $1`, [actionId])
  const action = await requireAction(
    createLedger(pool, () => AT),
    actionId,
  )
  const id = action.investigationId
  const investigations = createInvestigationsRepository(pool)
  const evidence = createEvidenceRepository(pool, 10)
  await evidence.plan(id, 1, [QUESTION])
  const record = createInvestigationRecord({
    pool,
    investigations,
    metrics: { timeToVerdict: { observe: () => {} } },
    writeReport: async () => ({ json: {}, markdown: 'late' }),
    settings: {},
    now: () => AT,
  } as unknown as Parameters<typeof createInvestigationRecord>[0])
  const answer = { question: QUESTION, at: AT.toISOString(), durationMs: 1, status: 'ok', result: {} }
  const writes: (() => Promise<unknown>)[] = [
    () => evidence.save(id, answer as unknown as Parameters<typeof evidence.save>[1]),
    () => record.addEntry(id, { key: 'late', kind: 'verdict', message: 'late', data: {} } as never),
    () => record.report(id),
    () => investigations.saveSpend(id, { dollars: 1 }),
    () => closePendingRevert(pool, action, { state: 'done', message: 'late' }, AT),
  ]
  await createLeases({ pool, seconds: 60 }).withLease(`thread:${id}`, async () => {
    await pool.query(`UPDATE leases SET expires_at = now() - interval '1 second'`)
    for (const write of writes) await expect(write()).rejects.toMatchObject({ code: 'LEASE_LOST' })
  })
  const { rows } = await pool.query(
    `SELECT e.answer, i.report_markdown, i.spend, a.pending_revert->>'state' AS pending,
       (SELECT count(*)::int FROM timeline WHERE message = 'late') AS entries
     FROM evidence e, investigations i, actions a WHERE i.id = $1 AND a.id = $2`,
    [id, actionId],
  )
  expect(rows).toEqual([{ answer: null, report_markdown: null, spend: null, pending: 'waiting', entries: 0 }])
  // With a lease, or outside of any, each of them is written.
  for (const write of writes) await write()
})
