import type { ActionState } from '@goalixa/agents/devops/action-state'
import { createLog } from '@goalixa/chassis/log'
import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { ToolExecutor } from '../actions/execution/tool-executor.ts'
import { withTargetLock } from '../actions/execution/with-target-lock.ts'
import { createLedger } from '../actions/ledger.ts'
import { readAction } from '../actions/read-action.ts'
import { openStorage, type Storage } from '../storage/open-storage.ts'
import { ARGOCD_APP } from '../testing/argocd-app.ts'
import { enterAction } from '../testing/enter-action.ts'
import { fakeDependencies } from '../testing/fake-dependencies.ts'
import { sampleProposal } from '../testing/sample-proposal.ts'
import { startSyntra } from '../testing/start-syntra.ts'
import { openPendingRevert } from './open-pending-revert.ts'
import { watchPendingReverts } from './watch-pending-reverts.job.ts'

const NOW = new Date('2026-03-04T12:00:00Z')
const BEFORE = { prune: true, selfHeal: false }
const TARGET = 'Application/core'
const signal = new AbortController().signal
let postgres: TestPostgres
let storage: Storage
let databaseUrl: string

beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.stop())
beforeEach(async () => {
  databaseUrl = await postgres.createDatabase()
  storage = await openStorage({ url: databaseUrl, name: 'test', concurrency: 1 })
})
afterEach(() => storage.close())

/** A world in which the revert is merged and seen, unless told otherwise; it keeps what was written. */
function worldOf(more: { automated?: object | null; findEffect?: boolean; contains?: boolean } = {}) {
  const writes: Record<string, unknown>[] = []
  const side = { ref: 'main', sha: 'a' }
  const answers: Record<string, unknown> = {
    delivery_get_app: { ...ARGOCD_APP, automated: more.automated ?? null },
    forge_get_pull_request: {
      number: 7,
      title: 'Revert',
      state: 'closed',
      merged: true,
      head: side,
      base: side,
      mergeable: null,
      mergeSha: 'merge',
    },
    forge_contains_commit: { contains: more.contains ?? true },
  }
  const toolExecutor: ToolExecutor = {
    isNotification: () => false,
    isInProgress: async () => false,
    read: async tool => answers[tool],
    findEffect: async () => (more.findEffect ? { name: 'core' } : undefined),
    async write(_tool, args) {
      writes.push(args)
      return { name: 'core' }
    },
  }
  return { toolExecutor, writes }
}

/** An action that has rolled `core` back and left auto-sync off. */
async function leftOff(state: ActionState = 'succeeded'): Promise<string> {
  const { pool } = storage
  const id = await enterAction(pool, { state, proposal: sampleProposal(), target: TARGET, at: NOW })
  const results = [{ before: BEFORE, mark: id }, {}, { number: 7 }]
  for (const [index, result] of results.entries())
    await pool.query(
      `INSERT INTO action_steps (action_id, phase, number, tool, args, state, result)
       VALUES ($1, 'do', $2, 'tool', '{}', 'done', $3)`,
      [id, index + 1, JSON.stringify(result)],
    )
  await openPendingRevert(pool, { id, proposal: sampleProposal() })
  return id
}

function look(
  { toolExecutor }: { toolExecutor: ToolExecutor },
  { now = NOW, freezeWindows = [] as typeof FREEZE } = {},
) {
  const { pool, lockPool } = storage
  const ledger = createLedger(pool, () => now)
  const log = createLog({ service: 'test', level: 'silent' })
  return watchPendingReverts(
    { pool, lockPool, ledger, toolExecutor, freezeWindows, patienceSeconds: 60, everyMs: 60_000, log },
    now,
    signal,
  )
}
const followUpOf = async (id: string) => (await readAction(storage.pool, id)).pendingRevert
const kinds = async () => {
  const { rows } = await storage.pool.query(`SELECT kind FROM timeline WHERE kind LIKE 'auto-sync-%'`)
  return rows.map(({ kind }) => kind)
}

test('the setting that was found is put back once, under a mark of its own, and told', async () => {
  const id = await leftOff()
  expect(await followUpOf(id)).toEqual({
    state: 'waiting',
    message: 'Auto-sync of core is off; it is restored when pull request #7 of shop/deploy is merged.',
  })
  const world = worldOf()
  expect(await look(world)).toEqual([id])
  expect(await look(world)).toEqual([])
  expect(world.writes).toEqual([{ name: 'core', automated: BEFORE, leftBy: id, actionId: `${id}-later` }])
  expect(await followUpOf(id)).toMatchObject({ state: 'done' })
  expect(await kinds()).toEqual(['auto-sync-restored'])
})

test('a worker that died after the effect left it to the next one to tell, not to repeat', async () => {
  const id = await leftOff()
  await storage.pool.query(
    `INSERT INTO action_steps (action_id, phase, number, tool, args, state)
     VALUES ($1, 'later', 1, 'delivery_set_auto_sync', '{}', 'intended')`,
    [id],
  )
  // Auto-sync is on: that is our own effect, and not somebody's decision.
  const world = worldOf({ automated: BEFORE, findEffect: true })
  expect(await look(world)).toEqual([id])
  expect(world.writes).toEqual([])
  expect(await followUpOf(id)).toMatchObject({ state: 'done' })
})

test('what people have set meanwhile stays, and is told once', async () => {
  const id = await leftOff()
  const world = worldOf({ automated: { prune: false, selfHeal: false } })
  expect(await look(world)).toEqual([id])
  expect(await look(world)).toEqual([])
  expect(world.writes).toEqual([])
  expect(await followUpOf(id)).toMatchObject({ state: 'given-up' })
  expect(await kinds()).toEqual(['auto-sync-left-off'])
})

test('nothing is done before Git holds the revert, in a freeze, or while the application is worked on', async () => {
  const id = await leftOff()
  const world = worldOf()
  expect(await look(worldOf({ contains: false }))).toEqual([])
  expect(await look(world, { freezeWindows: FREEZE })).toEqual([])
  await withTargetLock(storage.lockPool, TARGET, signal, async () => expect(await look(world)).toEqual([]))
  await leftOff('executing')
  expect(await look(world)).toEqual([])
  expect(world.writes).toEqual([])
  expect(await followUpOf(id)).toMatchObject({ state: 'waiting' })
})

test('it is not waited for longer than two weeks, nor past another rollback', async () => {
  const old = await leftOff()
  const later = new Date(NOW.getTime() + 15 * 86_400_000)
  const world = worldOf({ contains: false })
  expect(await look(world, { now: later })).toEqual([old])
  const first = await leftOff()
  const second = await leftOff()
  await storage.pool.query(`UPDATE actions SET executed_at = $2, pending_revert = NULL WHERE id = $1`, [
    second,
    later,
  ])
  expect(await look(worldOf())).toEqual([first])
  expect(await followUpOf(first)).toMatchObject({
    state: 'given-up',
    message: expect.stringContaining('rolled back again'),
  })
})

test('what an action has left behind is known although its investigation was given up before it ended', async () => {
  const { pool } = storage
  const id = await enterAction(pool, { state: 'failed', proposal: sampleProposal(), target: TARGET, at: NOW })
  const done = (number: number, result: object) =>
    pool.query(
      `INSERT INTO action_steps (action_id, phase, number, tool, args, state, result)
       VALUES ($1, 'do', $2, 'tool', '{}', 'done', $3)`,
      [id, number, JSON.stringify(result)],
    )
  await done(1, { before: BEFORE, mark: id })
  await openPendingRevert(pool, { id, proposal: sampleProposal() })
  expect((await followUpOf(id))?.message).toContain('no pull request with the revert is open')
  await done(3, { number: 7 })
  await openPendingRevert(pool, { id, proposal: sampleProposal() })
  expect((await followUpOf(id))?.message).toContain('pull request #7')
})

test('a worker that stops does not wait for a follow-up that waits for Argo CD', async () => {
  const id = await leftOff()
  await storage.pool.query('UPDATE actions SET finished_at = now() WHERE id = $1', [id])
  const asked = Promise.withResolvers<void>()
  const dependencies = fakeDependencies('http://localhost:1')
  const syntra = await startSyntra({
    databaseUrl,
    settings: { SYNTRA_TIME_SCALE: '60' },
    dependencies: {
      ...dependencies,
      toolExecutor: {
        ...dependencies.toolExecutor,
        read: (_tool, _args, signal) => {
          asked.resolve()
          return new Promise((_resolve, reject) =>
            signal.addEventListener('abort', () => reject(signal.reason)),
          )
        },
      },
    },
  })
  await asked.promise
  await syntra.stop()
}, 60_000)

const FREEZE = [{ from: NOW.getTime() - 1, to: NOW.getTime() + 1 }]
