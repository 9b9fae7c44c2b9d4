import { createLog } from '@goalixa/chassis/log'
import { createPool } from '@goalixa/chassis/postgres'
import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createLedger } from '../actions/ledger.ts'
import { expireApprovals } from '../approvals/expire-approvals.job.ts'
import { openStorage, type Storage } from '../storage/open-storage.ts'
import { enterAction } from '../testing/enter-action.ts'
import { insertInvestigations } from '../testing/insert-investigations.ts'
import { sampleProposal } from '../testing/sample-proposal.ts'
import { closeIncidents } from './close-incidents.job.ts'
import { deleteCheckpoints } from './delete-checkpoints.job.ts'
import { removeEvidence } from './remove-evidence.job.ts'

const HOUR_MS = 3_600_000
const inOneHour = new Date(Date.now() + HOUR_MS)
let postgres: TestPostgres
let url: string
let storage: Storage
let lines: Record<string, unknown>[] = []
const log = createLog({ service: 'test', level: 'warn' }, { write: line => lines.push(JSON.parse(line)) })

beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.stop())
beforeEach(async () => {
  lines = []
  url = await postgres.createDatabase()
  storage = await openStorage({ url, name: 'test', leaseSeconds: 10 })
  return () => storage.close()
})

test('more approvals than a page holds that cannot be expired do not keep the one behind them from expiring', async () => {
  const { pool } = storage
  const proposal = sampleProposal()
  for (let number = 1; number <= 102; number += 1)
    await enterAction(pool, { state: 'awaiting-approval', proposal, target: `t-${number}`, at: new Date() })
  const last = 'SELECT max(id::text)::uuid FROM actions'
  await pool.query(`UPDATE actions SET proposal = '{}' WHERE id <> (${last})`)
  const ledger = createLedger(pool, () => new Date())
  expect(await expireApprovals({ pool, ledger, log }, inOneHour)).toBe(1)
  const { rows } = await pool.query(
    `SELECT a.id = (${last}) AS "isLast" FROM actions a JOIN outbox o USING (investigation_id) WHERE a.state = 'expired'`,
  )
  expect(rows).toEqual([{ isLast: true }])
  expect(lines).toHaveLength(101)
})

test('an approval whose row another session has locked, or which is too slow to expire, does not keep those behind it', async () => {
  const { pool } = storage
  const ids: string[] = []
  for (let number = 1; number <= 3; number += 1)
    ids.push(
      await enterAction(pool, {
        state: 'awaiting-approval',
        proposal: sampleProposal(),
        target: `t-${number}`,
        at: new Date(),
      }),
    )
  const [locked, slow] = ids.toSorted()
  await pool.query(`
    CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NEW.id = '${slow}' THEN PERFORM pg_sleep(2); END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER dawdle BEFORE UPDATE ON actions FOR EACH ROW EXECUTE FUNCTION dawdle()`)
  const impatient = createPool({ url, name: 'test', statementTimeoutMs: 500 })
  const client = await pool.connect()
  await client.query('BEGIN')
  await client.query('SELECT FROM actions WHERE id = $1 FOR UPDATE', [locked])
  const ledger = createLedger(impatient, () => new Date())
  expect(await expireApprovals({ pool: impatient, ledger, log }, inOneHour)).toBe(1)
  expect(lines.map(({ action }) => action)).toEqual([slow])
  await client.query('ROLLBACK')
  client.release()
  await impatient.end()
})

test('evidence that cannot be removed does not keep that of other investigations', async () => {
  const { pool } = storage
  await insertInvestigations(pool, 12)
  await pool.query(`UPDATE investigations SET state = 'done'`)
  await pool.query(`UPDATE incidents SET state = 'closed', closed_at = now()`)
  // A trigger stands for whatever makes one of them fail every time.
  await pool.query(`
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NEW.id <> (SELECT max(id::text)::uuid FROM investigations) THEN RAISE EXCEPTION 'refused'; END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER refuse BEFORE UPDATE ON investigations FOR EACH ROW EXECUTE FUNCTION refuse()`)
  expect(await removeEvidence({ pool, log }, 1, new Date(Date.now() + 48 * HOUR_MS))).toBe(1)
})

test('checkpoints that a crash left behind, or that could not be deleted, are deleted later; those of a new investigation stay', async () => {
  const { pool } = storage
  const [first, second] = await insertInvestigations(pool, 2)
  await pool.query(`UPDATE investigations SET state = 'done'`)
  await pool.query(`UPDATE incidents SET state = 'resolved'`)
  expect(await closeIncidents(pool, 1, inOneHour)).toHaveLength(2)
  // The worker was killed here. Then an incident is reopened and investigated again, and closes after that.
  const deleted: string[] = []
  let isRefusing = true
  const threads = {
    async deleteThread(id: string) {
      if (isRefusing && id === [first, second].toSorted()[0]) throw new Error('refused')
      deleted.push(id)
    },
  }
  const [open] = await insertInvestigations(pool, 1)
  await pool.query(
    `UPDATE incidents SET state = 'closed' WHERE id = (SELECT incident_id FROM investigations WHERE id = $1)`,
    [open],
  )
  expect(await deleteCheckpoints({ pool, threads, log })).toBe(1)
  isRefusing = false
  expect(await deleteCheckpoints({ pool, threads, log })).toBe(1)
  expect(await deleteCheckpoints({ pool, threads, log })).toBe(0)
  expect(deleted.toSorted()).toEqual([first, second].toSorted())
})
