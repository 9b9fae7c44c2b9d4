import type { ActionState } from '@goalixa/agents/devops/action-state'
import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import { v7 as uuid } from 'uuid'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { openStorage, type Storage } from '../storage/open-storage.ts'
import { enterAction } from '../testing/enter-action.ts'
import { sampleProposal } from '../testing/sample-proposal.ts'
import { policyContext } from './policy-context.ts'

const NOW = new Date('2026-03-04T12:00:00Z')
const LIMITS = { windowSeconds: 1_800, actionsPerWindow: 3, freezeWindows: [] }
let postgres: TestPostgres
let storage: Storage

beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.stop())
beforeEach(async () => {
  storage = await openStorage({ url: await postgres.createDatabase(), name: 'test', leaseSeconds: 10 })
})
afterEach(() => storage.close())

const enter = (state: ActionState, target: string, secondsAgo = 60) =>
  enterAction(storage.pool, {
    state,
    target,
    proposal: sampleProposal(),
    at: new Date(NOW.getTime() - secondsAgo * 1000),
  })
const situation = (target: string) =>
  policyContext(storage.pool, { id: uuid(), target, approvalsNeeded: 1 }, LIMITS, NOW)

test('recent actions count per application, whichever of its workloads they changed', async () => {
  await enter('succeeded', 'Application/core')
  await enter('succeeded', 'Application/core', 7_200)
  await enter('verifying', 'Application/bff')
  expect(await situation('Application/core')).toMatchObject({
    busy: false,
    actionsInWindow: 1,
    rollbacksInWindow: 1,
  })
  expect(await situation('Application/bff')).toMatchObject({ busy: true })
  expect(await situation('shop/Deployment/core')).toMatchObject({ busy: false, actionsInWindow: 0 })
})

test('a revert that waits for a review does not count as a rollback', async () => {
  await enter('handed-off', 'Application/core')
  expect(await situation('Application/core')).toMatchObject({ actionsInWindow: 1, rollbacksInWindow: 0 })
})
