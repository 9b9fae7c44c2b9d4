import type { Step } from '@goalixa/agents/devops/step'
import { chooseRows } from '@goalixa/chassis/testing/choose-rows'
import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import { runCrashScenario } from '@goalixa/syntra/testing/crash-scenario'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Systems, startSystems } from './start-systems.ts'

let postgres: TestPostgres
let systems: Systems

beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.stop())
beforeEach(async () => {
  systems = await startSystems()
})
afterEach(() => systems.stop())

test('a worker killed before, during or after a write: every commit, pull request, deployment and revision exists once', async () => {
  const table = [
    'after:delivery_set_auto_sync',
    'before:delivery_rollback_app',
    'answer:delivery_rollback_app:2',
    // The rollback is requested and awaited: the next worker resumes the wait.
    'answer:delivery_rollback_app:4',
    'answer:forge_open_revert:4',
    'answer:forge_open_revert:8',
    // The branch is pushed, the pull request not yet requested.
    'proved:forge_open_revert:7',
    'after:forge_open_revert',
    'before:forge_merge_revert',
    'after:forge_merge_revert',
    'after:delivery_sync_app',
    'find:kubernetes_scale_workload',
    'after:kubernetes_scale_workload',
    'after:kubernetes_restart_workload',
    'after:kubernetes_undo_rollout',
    'before:delivery_set_auto_sync:later',
    'after:delivery_set_auto_sync:later',
  ]
  // Each way of finding an effect again: a wait that is resumed, a branch without its pull request, a merge, and what a
  // Kubernetes object holds.
  const points = chooseRows(table, [
    'answer:delivery_rollback_app:4',
    'proved:forge_open_revert:7',
    'after:forge_merge_revert',
    'after:kubernetes_restart_workload',
  ])
  expect(await disturb({ points })).toMatchObject({ died: points, ...UNDISTURBED })
  await expectEffectsOnce()
}, 600_000)

test('when a worker is suspended between its proof and its write and resumes after another has taken over, every effect exists once', async () => {
  const table = [
    'proved:delivery_set_auto_sync:1',
    'proved:delivery_rollback_app:1',
    'proved:forge_open_revert:1',
    'proved:forge_open_revert:3',
    'proved:forge_open_revert:5',
    'proved:forge_open_revert:6',
    'proved:forge_merge_revert:1',
    'proved:delivery_sync_app:1',
    'proved:kubernetes_scale_workload:1',
    'proved:kubernetes_restart_workload:1',
    'proved:kubernetes_undo_rollout:1',
    'proved:delivery_set_auto_sync:1:later',
  ]
  // What refuses the late write: the state that it names, the name of a branch, or its own content.
  const pauses = chooseRows(table, [
    'proved:delivery_rollback_app:1',
    'proved:forge_open_revert:5',
    'proved:kubernetes_restart_workload:1',
  ])
  expect(await disturb({ pauses })).toMatchObject({ paused: pauses, ...UNDISTURBED })
  await expectEffectsOnce()
}, 600_000)

const TOOLS = [
  'delivery_set_auto_sync',
  'delivery_rollback_app',
  'forge_open_revert',
  'forge_merge_revert',
  'delivery_sync_app',
  'kubernetes_scale_workload',
  'kubernetes_restart_workload',
  'kubernetes_undo_rollout',
]
const UNDISTURBED = {
  outcome: 'succeeded',
  steps: [...TOOLS, 'delivery_set_auto_sync'].map(tool => `${tool} done`),
  pendingRevert: 'done',
}

/** An approved action with a step of each write tool, by workers that are killed or suspended at these points. */
function disturb(at: { points?: string[]; pauses?: string[] }) {
  const { bad, before } = systems
  const revert = { repo: systems.repo, branch: 'main', sha: bad }
  const plain = { namespace: 'shop', kind: 'Deployment', name: 'plain' }
  const calls: Omit<Step, 'message'>[] = [
    {
      tool: 'delivery_set_auto_sync',
      args: { name: 'core', automated: null, before: { prune: false, selfHeal: false } },
    },
    { tool: 'delivery_rollback_app', args: { name: 'core', id: before.goodId } },
    { tool: 'forge_open_revert', args: revert },
    { tool: 'forge_merge_revert', args: revert },
    { tool: 'delivery_sync_app', args: { name: 'core' } },
    { tool: 'kubernetes_scale_workload', args: { ...plain, replicas: 3 } },
    { tool: 'kubernetes_restart_workload', args: plain },
    {
      tool: 'kubernetes_undo_rollout',
      args: { namespace: 'shop', name: 'old', toRevision: 1, generation: before.oldGeneration },
    },
  ]
  const steps = calls.map(step => ({ ...step, message: `${step.tool}.` }))
  const pendingRevert = {
    message: 'Auto-sync of core is off',
    app: 'core',
    repo: systems.repo,
    pause: 1,
    revert: 3,
    step: {
      tool: 'delivery_set_auto_sync' as const,
      args: { name: 'core' },
      from: { automated: { step: 1, path: 'before' }, leftBy: { step: 1, path: 'mark' } },
      message: 'Turn auto-sync on again.',
    },
  }

  return runCrashScenario({
    postgres,
    ...at,
    writes: { tools: systems.tools, steps, pendingRevert },
    // The sweep then runs every five seconds.
    settings: { SYNTRA_TIME_SCALE: '20' },
    prepare: world => {
      world.errors = 0
    },
  })
}

async function expectEffectsOnce() {
  const { before } = systems
  expect(await systems.state()).toEqual({
    revertCommits: 1,
    mergeCommits: 1,
    pullRequests: [{ state: 'closed', merged: true }],
    deployed: ['core:1.4.0', 'core:1.5.0', 'core:1.4.0', 'core:1.4.0'],
    automated: { prune: false, selfHeal: false },
    plain: { generation: before.plainGeneration + 2, replicas: 3, revisions: 2 },
    old: { generation: before.oldGeneration + 1, image: 'old:1', revisions: 2 },
  })
}
