import { createLog } from '@goalixa/chassis/log'
import { startPostgres } from '@goalixa/chassis/testing/start-postgres'
import { expect, test } from 'vitest'
import { enqueue } from '../investigations/enqueue.ts'
import { openStorage } from '../storage/open-storage.ts'
import { enterAction } from '../testing/enter-action.ts'
import { insertInvestigations } from '../testing/insert-investigations.ts'
import { sampleProposal } from '../testing/sample-proposal.ts'
import { createOutboxRelay } from './outbox-relay.ts'

test('what was decided and what is critical is relayed before hundreds of rows that came earlier', async () => {
  const postgres = await startPostgres()
  const databaseUrl = await postgres.createDatabase()
  const storage = await openStorage({ url: databaseUrl, name: 'test', leaseSeconds: 10 })
  const { pool } = storage
  const trivial = await insertInvestigations(pool, 200, { severity: 'warning' })
  const critical = await insertInvestigations(pool, 1, { severity: 'critical' })
  const question = await insertInvestigations(pool, 1, { severity: 'none', requestedBy: 'ada' })
  const decided = await insertInvestigations(pool, 1, { severity: 'info' })
  for (const ids of [trivial, critical, question, decided]) await enqueue(pool, ids, 'test')
  await pool.query(`UPDATE outbox SET lane = 'actions' WHERE investigation_id = $1`, [decided[0]])

  const added: string[] = []
  const announced: string[] = []
  const relay = createOutboxRelay({
    pool,
    databaseUrl,
    precedence: { announce: investigationId => announced.push(investigationId) },
    log: createLog({ service: 'test', level: 'silent' }),
    queue: {
      async add(_lane, { investigationId }) {
        added.push(investigationId)
      },
    },
  })
  await expect.poll(() => added.length, { timeout: 20_000 }).toBe(203)
  expect(added.slice(0, 3)).toEqual([...decided, ...critical, ...question])
  expect(new Set(announced)).toEqual(new Set([...decided, ...critical, ...question]))
  await relay.stop()
  await storage.close()
  await postgres.stop()
})

test('an action that may be executed is announced and comes first, and one that was rejected only has to be reported', async () => {
  const postgres = await startPostgres()
  const databaseUrl = await postgres.createDatabase()
  const storage = await openStorage({ url: databaseUrl, name: 'test', leaseSeconds: 10 })
  const { pool } = storage
  const announced = new Map<string, number[]>()
  const added = new Map<string, number>()
  const relay = createOutboxRelay({
    pool,
    databaseUrl,
    precedence: {
      announce: (id, urgency) => announced.set(id, [...(announced.get(id) ?? []), urgency]),
    },
    log: createLog({ service: 'test', level: 'silent' }),
    queue: {
      async add(_lane, { investigationId }, priority) {
        added.set(investigationId, priority)
      },
    },
    pollMs: 50,
  })
  const decide = async (state: 'approved' | 'rejected') => {
    const action = await enterAction(pool, {
      state,
      proposal: sampleProposal(),
      target: state,
      at: new Date(),
    })
    const { rows } = await pool.query<{ id: string }>(
      'SELECT investigation_id AS id FROM actions WHERE id = $1',
      [action],
    )
    const id = rows[0]?.id ?? ''
    await enqueue(pool, [id], state)
    await expect.poll(() => added.has(id), { timeout: 20_000 }).toBe(true)
    return id
  }
  const rejected = await decide('rejected')
  const approved = await decide('approved')
  // Twice: on the notification, and as the job is queued.
  expect(announced.get(approved)).toEqual([0, 0])
  expect(announced.get(rejected)).toEqual([expect.toSatisfy((urgency: number) => urgency > 0)])
  expect(added.get(approved)).toBeLessThan(added.get(rejected) ?? 0)
  await relay.stop()
  await storage.close()
  await postgres.stop()
})
