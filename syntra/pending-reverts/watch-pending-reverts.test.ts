import type { ActionState } from '@goalixa/agents/devops/action-state'
import { createLog } from '@goalixa/chassis/log'
import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { ToolExecutor } from '../actions/execution/tool-executor.ts'
import { withTargetLease } from '../actions/execution/with-target-lease.ts'
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
  storage = await openStorage({ url: databaseUrl, name: 'test', leaseSeconds: 10 })
})
afterEach(() => storage.close())

/** Systems in which the revert is merged and visible unless overridden; they record every write. */
function systemsWith(more: { automated?: object | null; findEffect?: boolean; contains?: boolean } = {}) {
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
    forge_get_commit: {
      sha: 'merge',
      author: 'jane',
      message: 'Revert',
      at: null,
      parents: ['bad'],
      files: [{ path: 'core/values.yaml', status: 'modified', patch: '+tag: 1.4.0' }],
    },
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
  const results = [{ before: BEFORE, mark: id }, {}, { number: 7, sha: 'revert' }]
  for (const [index, result] of results.entries())
    await pool.query(
      `INSERT INTO action_steps (action_id, phase, number, tool, args, state, result)
       VALUES ($1, 'do', $2, 'tool', '{}', 'done', $3)`,
      [id, index + 1, JSON.stringify(result)],
    )
  await openPendingRevert(pool, { id, proposal: sampleProposal() })
  return id
}

function check(
  { toolExecutor }: { toolExecutor: ToolExecutor },
  { now = NOW, freezeWindows = [] as typeof FREEZE } = {},
) {
  const { pool, leases } = storage
  const ledger = createLedger(pool, () => now)
  const log = createLog({ service: 'test', level: 'silent' })
  return watchPendingReverts(
    {
      pool,
      leases,
      ledger,
      toolExecutor,
      freezeWindows,
      patienceSeconds: 60,
      everyMs: 60_000,
      checkDeadlineMs: 15_000,
      log,
    },
    now,
    signal,
  )
}
const pendingRevertOf = async (id: string) => (await readAction(storage.pool, id)).pendingRevert
const kinds = async () => {
  const { rows } = await storage.pool.query(`SELECT kind FROM timeline WHERE kind LIKE 'auto-sync-%'`)
  return rows.map(({ kind }) => kind)
}

test('the previous setting is restored once, under its own idempotency key, and reported', async () => {
  const id = await leftOff()
  expect(await pendingRevertOf(id)).toEqual({
    state: 'waiting',
    message:
      'Auto-sync of core is off; it is restored when pull request #7 of git.example/shop/deploy is merged.',
  })
  const systems = systemsWith()
  expect(await check(systems)).toEqual([id])
  expect(await check(systems)).toEqual([])
  expect(systems.writes).toEqual([{ name: 'core', automated: BEFORE, leftBy: id, actionId: `${id}-later` }])
  expect(await pendingRevertOf(id)).toMatchObject({ state: 'done' })
  expect(await kinds()).toEqual(['auto-sync-restored'])
})

test('after a crash behind the effect the next worker reports it and does not repeat it', async () => {
  const id = await leftOff()
  await storage.pool.query(
    `INSERT INTO action_steps (action_id, phase, number, tool, args, state)
     VALUES ($1, 'later', 1, 'delivery_set_auto_sync', '{}', 'intended')`,
    [id],
  )
  // Auto-sync is on: that is our own effect, and not somebody's decision.
  const systems = systemsWith({ automated: BEFORE, findEffect: true })
  expect(await check(systems)).toEqual([id])
  expect(systems.writes).toEqual([])
  expect(await pendingRevertOf(id)).toMatchObject({ state: 'done' })
})

test('a setting that people have changed meanwhile stays, and is reported once', async () => {
  const id = await leftOff()
  const systems = systemsWith({ automated: { prune: false, selfHeal: false } })
  expect(await check(systems)).toEqual([id])
  expect(await check(systems)).toEqual([])
  expect(systems.writes).toEqual([])
  expect(await pendingRevertOf(id)).toMatchObject({ state: 'given-up' })
  expect(await kinds()).toEqual(['auto-sync-left-off'])
})

test('nothing is restored before Git has the revert, in a freeze window, or during another action', async () => {
  const id = await leftOff()
  const systems = systemsWith()
  expect(await check(systemsWith({ contains: false }))).toEqual([])
  expect(await check(systems, { freezeWindows: FREEZE })).toEqual([])
  await withTargetLease(storage.leases, TARGET, signal, async () => expect(await check(systems)).toEqual([]))
  await leftOff('executing')
  expect(await check(systems)).toEqual([])
  expect(systems.writes).toEqual([])
  expect(await pendingRevertOf(id)).toMatchObject({ state: 'waiting' })
})

test('waiting ends after two weeks or with another rollback', async () => {
  const old = await leftOff()
  const later = new Date(NOW.getTime() + 15 * 86_400_000)
  const systems = systemsWith({ contains: false })
  expect(await check(systems, { now: later })).toEqual([old])
  const first = await leftOff()
  const second = await leftOff()
  await storage.pool.query(`UPDATE actions SET executed_at = $2, pending_revert = NULL WHERE id = $1`, [
    second,
    later,
  ])
  expect(await check(systemsWith())).toEqual([first])
  expect(await pendingRevertOf(first)).toMatchObject({
    state: 'given-up',
    message: expect.stringContaining('rolled back again'),
  })
})

test('a pending revert is recorded even if its investigation was aborted', async () => {
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
  expect((await pendingRevertOf(id))?.message).toContain('no pull request with the revert is open')
  await done(3, { number: 7 })
  await openPendingRevert(pool, { id, proposal: sampleProposal() })
  expect((await pendingRevertOf(id))?.message).toContain('pull request #7')
})

test('a stopping worker does not wait for a pending revert that waits for Argo CD', async () => {
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
