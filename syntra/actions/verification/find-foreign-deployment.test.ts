import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openStorage, type Storage } from '../../storage/open-storage.ts'
import { enterAction } from '../../testing/enter-action.ts'
import { sampleProposal } from '../../testing/sample-proposal.ts'
import { findForeignDeployment } from './find-foreign-deployment.ts'

const [GOOD, MERGE, OTHER] = ['a', 'b', 'c'].map(letter => letter.repeat(40))
let postgres: TestPostgres
let storage: Storage

beforeAll(async () => {
  postgres = await startPostgres()
  storage = await openStorage({ url: await postgres.createDatabase(), name: 'test', leaseSeconds: 10 })
})
afterAll(async () => {
  await storage.close()
  await postgres.stop()
})

/** What is found for an action whose steps had these results, where this commit was deployed last. */
async function found(
  steps: [tool: string, result: object][],
  newest: string | null,
  contains = true,
  content = 'c1',
) {
  const { pool } = storage
  const proposal = sampleProposal()
  const id = await enterAction(pool, {
    state: 'verifying',
    proposal,
    target: 'Application/core',
    at: new Date(),
  })
  for (const [index, [tool, result]] of steps.entries())
    await pool.query(
      `INSERT INTO action_steps (action_id, phase, number, tool, args, state, result)
       VALUES ($1, 'do', $2, $3, '{}', 'done', $4)`,
      [id, index + 1, tool, JSON.stringify(result)],
    )
  const read = async (tool: string) =>
    tool === 'forge_contains_commit' ? { contains } : { history: [{ id: 7, revision: newest, content }] }
  return findForeignDeployment(pool, { id, proposal }, { read }, new AbortController().signal)
}

const rollback: [string, object] = [
  'delivery_rollback_app',
  { name: 'core', id: 3, revision: GOOD, content: 'c1' },
]
const merge: [string, object] = ['forge_merge_revert', { number: 7, sha: MERGE }]

test('what a rollback deployed is still deployed, or something else is', async () => {
  expect(await found([rollback], GOOD ?? '')).toBeNull()
  expect(await found([rollback], OTHER ?? '')).toContain(`from commit ${OTHER}, and not from ${GOOD}`)
  expect(await found([rollback], null)).toContain('it is unknown')
  expect(await found([rollback], GOOD ?? '', true, 'c2')).toContain('with another source or other parameters')
})

test('what is deployed contains the merged revert, or does not', async () => {
  expect(await found([merge], OTHER ?? '')).toBeNull()
  expect(await found([merge], OTHER ?? '', false)).toContain(`does not contain the merged revert ${MERGE}`)
})

test('the last step that deploys counts, and other steps deploy nothing from Git', async () => {
  expect(await found([rollback, merge], OTHER ?? '')).toBeNull()
  expect(await found([['kubernetes_scale_workload', {}]], OTHER ?? '')).toBeNull()
})
