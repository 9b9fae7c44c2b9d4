import type { Proposal } from '@goalixa/agents/devops/proposal'
import { createLog } from '@goalixa/chassis/log'
import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import { v7 as uuid } from 'uuid'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { ActionState } from '../actions/actions.schema.ts'
import { createLedger } from '../actions/ledger.ts'
import { openFollowUp } from '../actions/open-follow-up.ts'
import { readAction } from '../actions/read-action.ts'
import type { Toolbox } from '../actions/toolbox.ts'
import { withTarget } from '../actions/with-target.ts'
import { openStorage, type Storage } from '../open-storage.ts'
import { restoreAutoSync } from './restore-auto-sync.job.ts'

const NOW = new Date('2026-03-04T12:00:00Z')
const BEFORE = { prune: true, selfHeal: false }
const TARGET = 'Application/core'
const signal = new AbortController().signal
let postgres: TestPostgres
let storage: Storage

beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.stop())
beforeEach(async () => {
  storage = await openStorage({ url: await postgres.createDatabase(), name: 'test', concurrency: 1 })
})
afterEach(() => storage.close())

/** A world in which the revert is merged and seen, unless told otherwise; it keeps what was written. */
function worldOf(more: { automated?: object | null; isDone?: boolean; contains?: boolean } = {}) {
  const writes: Record<string, unknown>[] = []
  const side = { ref: 'main', sha: 'a' }
  const answers: Record<string, unknown> = {
    argocd_get_app: { ...APP, automated: more.automated ?? null },
    github_get_pull_request: {
      number: 7,
      title: 'Revert',
      state: 'closed',
      merged: true,
      head: side,
      base: side,
      mergeable: null,
      mergeSha: 'merge',
    },
    github_contains_commit: { contains: more.contains ?? true },
  }
  const toolbox: Toolbox = {
    onlyTells: () => false,
    read: async tool => answers[tool],
    isDone: async () => (more.isDone ? { name: 'core' } : undefined),
    async write(_tool, args) {
      writes.push(args)
      return { name: 'core' }
    },
  }
  return { toolbox, writes }
}

/** An action that has rolled `core` back and left auto-sync off. */
async function leftOff(state: ActionState = 'succeeded'): Promise<string> {
  const [id, incidentId, investigationId] = [uuid(), uuid(), uuid()]
  const { pool } = storage
  await pool.query(
    `INSERT INTO incidents (id, state, title, severity, opened_at, active_at)
     VALUES ($1, 'open', 'core is slow', 'critical', now(), now())`,
    [incidentId],
  )
  await pool.query(
    `INSERT INTO investigations (id, incident_id, state, reason, requested_by)
     VALUES ($1, $2, 'done', 'alert', 'alertmanager')`,
    [investigationId, incidentId],
  )
  await createLedger(pool, () => NOW).enter({
    id,
    incidentId,
    investigationId,
    state,
    proposal: PROPOSAL,
    kind: 'rollback',
    risk: 'R3',
    tier: 'A',
    environment: 'production',
    target: TARGET,
    stateDigest: '',
    requestedBy: 'alertmanager',
    approvalsNeeded: 1,
    expiresAt: NOW,
    refusal: null,
    says: '',
  })
  await pool.query('UPDATE actions SET finished_at = $2, executed_at = $2 WHERE id = $1', [id, NOW])
  const results = [{ before: BEFORE, mark: id }, {}, { number: 7 }]
  for (const [index, result] of results.entries())
    await pool.query(
      `INSERT INTO action_steps (action_id, phase, number, tool, args, state, result)
       VALUES ($1, 'do', $2, 'tool', '{}', 'done', $3)`,
      [id, index + 1, JSON.stringify(result)],
    )
  await openFollowUp(pool, { id, proposal: PROPOSAL })
  return id
}

function look({ toolbox }: { toolbox: Toolbox }, { now = NOW, freezeWindows = [] as typeof FREEZE } = {}) {
  const { pool, lockPool } = storage
  const ledger = createLedger(pool, () => now)
  const log = createLog({ service: 'test', level: 'silent' })
  return restoreAutoSync(
    { pool, lockPool, ledger, toolbox, freezeWindows, patienceSeconds: 60, log },
    now,
    signal,
  )
}
const followUpOf = async (id: string) => (await readAction(storage.pool, id)).followUp
const kinds = async () => {
  const { rows } = await storage.pool.query(`SELECT kind FROM timeline WHERE kind LIKE 'auto-sync-%'`)
  return rows.map(({ kind }) => kind)
}

test('the setting that was found is put back once, under a mark of its own, and told', async () => {
  const id = await leftOff()
  expect(await followUpOf(id)).toEqual({
    state: 'waiting',
    says: 'Auto-sync of core is off; it comes back when pull request #7 of shop/deploy is merged.',
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
     VALUES ($1, 'later', 1, 'argocd_set_auto_sync', '{}', 'intended')`,
    [id],
  )
  // Auto-sync is on: that is our own effect, and not somebody's decision.
  const world = worldOf({ automated: BEFORE, isDone: true })
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
  await withTarget(storage.lockPool, TARGET, signal, async () => expect(await look(world)).toEqual([]))
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
  await storage.pool.query(`UPDATE actions SET executed_at = $2, follow_up = NULL WHERE id = $1`, [
    second,
    later,
  ])
  expect(await look(worldOf())).toEqual([first])
  expect(await followUpOf(first)).toMatchObject({
    state: 'given-up',
    says: expect.stringContaining('rolled back once more'),
  })
})

const FREEZE = [{ from: NOW.getTime() - 1, to: NOW.getTime() + 1 }]
const APP = {
  name: 'core',
  project: 'shop',
  namespace: 'shop',
  repoUrl: null,
  path: null,
  targetRevision: 'main',
  syncStatus: 'OutOfSync',
  revision: 'head',
  health: 'Healthy',
  operation: null,
  isOperating: false,
  conditions: [],
  resources: [],
  parent: null,
  images: [],
  hasHooks: false,
}
const step = { tool: 'tool', args: {}, says: '' }
const predicate = { says: '', tool: 'tool', args: {}, path: 'a', op: '==' as const, value: 1 }
const PROPOSAL: Proposal = {
  kind: 'rollback',
  method: 'argocd-rollback',
  target: {
    kind: 'Deployment',
    namespace: 'shop',
    name: 'core',
    app: 'core',
    repo: 'shop/deploy',
    service: 'core',
  },
  risk: 'R3',
  says: 'Roll core back.',
  why: '',
  rejected: [],
  observed: [{ tool: 'tool', args: {}, path: 'a', value: 1 }],
  steps: [step, step, step],
  undo: { steps: [step] },
  followUp: {
    says: 'Auto-sync of core is off',
    app: 'core',
    repo: 'shop/deploy',
    pause: 1,
    revert: 3,
    step: {
      tool: 'argocd_set_auto_sync',
      args: { name: 'core' },
      from: { automated: { step: 1, path: 'before' }, leftBy: { step: 1, path: 'mark' } },
      says: 'Turn auto-sync on again.',
    },
  },
  verification: { recovered: [predicate], worse: [], aside: [], forSeconds: 1, withinSeconds: 2 },
  evidence: ['E1'],
  warnings: [],
}
