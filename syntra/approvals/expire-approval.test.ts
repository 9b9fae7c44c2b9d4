import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createLedger } from '../actions/ledger.ts'
import { openStorage, type Storage } from '../storage/open-storage.ts'
import { enterAction } from '../testing/enter-action.ts'
import { sampleProposal } from '../testing/sample-proposal.ts'
import { expireApproval } from './expire-approval.ts'

const now = new Date()
let postgres: TestPostgres
let storage: Storage

beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.stop())
beforeEach(async () => {
  storage = await openStorage({ url: await postgres.createDatabase(), name: 'test', leaseSeconds: 10 })
  return () => storage.close()
})

const deps = () => ({ pool: storage.pool, ledger: createLedger(storage.pool, () => now) })
const enter = (at: Date) =>
  enterAction(storage.pool, { state: 'awaiting-approval', proposal: sampleProposal(), target: 't', at })
const stateOf = async (id: string) => (await deps().ledger.find(id))?.state

test('an approval that has been extended since it was found expired stays open', async () => {
  const id = await enter(now)
  const action = await deps().ledger.find(id)
  if (!action) throw new Error('There is no action.')
  await storage.pool.query(`UPDATE actions SET expires_at = $1`, [new Date(now.getTime() + 1)])
  expect(await expireApproval(deps(), action, now)).toBe(false)
  expect(await stateOf(id)).toBe('awaiting-approval')
  expect(await expireApproval(deps(), action, new Date(now.getTime() + 1))).toBe(true)
  expect(await stateOf(id)).toBe('expired')
})
