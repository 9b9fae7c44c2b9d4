import type { Step } from '@goalixa/agents/devops/proposal'
import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { crashStory } from '../../syntra/testing/crash-story.ts'
import { type Systems, startSystems } from './start-systems.ts'

let postgres: TestPostgres
let systems: Systems

beforeAll(async () => {
  ;[postgres, systems] = await Promise.all([startPostgres(), startSystems()])
})
afterAll(() => Promise.all([postgres.stop(), systems.stop()]))

test('killed around and inside the real write tools: every commit, pull request, deployment and revision is there once', async () => {
  const { bad, before } = systems
  const revert = { repo: systems.repo, branch: 'main', sha: bad }
  const plain = { namespace: 'shop', kind: 'Deployment', name: 'plain' }
  const calls: Omit<Step, 'says'>[] = [
    { tool: 'argocd_set_auto_sync', args: { name: 'core', automated: null } },
    { tool: 'argocd_rollback_app', args: { name: 'core', id: before.goodId } },
    { tool: 'github_open_revert', args: revert },
    { tool: 'github_merge_revert', args: revert },
    { tool: 'argocd_sync_app', args: { name: 'core' } },
    { tool: 'kubernetes_scale_workload', args: { ...plain, replicas: 3 } },
    { tool: 'kubernetes_restart_workload', args: plain },
    {
      tool: 'kubernetes_undo_rollout',
      args: { namespace: 'shop', name: 'old', toRevision: 1, generation: before.oldGeneration },
    },
  ]
  const steps = calls.map(step => ({ ...step, says: `${step.tool}.` }))
  const points = [
    'after:argocd_set_auto_sync',
    'before:argocd_rollback_app',
    'answer:argocd_rollback_app:2',
    // Asked for and waited for: the next worker waits on.
    'answer:argocd_rollback_app:4',
    'answer:github_open_revert:4',
    'answer:github_open_revert:8',
    'after:github_open_revert',
    'before:github_merge_revert',
    'after:github_merge_revert',
    'after:argocd_sync_app',
    'look:kubernetes_scale_workload',
    'after:kubernetes_scale_workload',
    'after:kubernetes_restart_workload',
    'after:kubernetes_undo_rollout',
    'before:argocd_set_auto_sync:later',
    'after:argocd_set_auto_sync:later',
  ]
  const followUp = {
    says: 'Auto-sync of core is off',
    app: 'core',
    repo: systems.repo,
    pause: 1,
    revert: 3,
    step: {
      tool: 'argocd_set_auto_sync',
      args: { name: 'core' },
      from: { automated: { step: 1, path: 'before' }, leftBy: { step: 1, path: 'mark' } },
      says: 'Turn auto-sync on again.',
    },
  }

  const told = await crashStory({
    postgres,
    points,
    writes: { tools: systems.tools, steps, followUp },
    // So that the sweep comes every five seconds.
    settings: { SYNTRA_TIME_SCALE: '20' },
    prepare: world => {
      world.errors = 0
    },
  })

  expect(told).toMatchObject({
    died: points,
    outcome: 'succeeded',
    steps: [...steps.map(({ tool }) => `${tool} done`), 'argocd_set_auto_sync done'],
    followUp: 'done',
  })
  expect(await systems.state()).toEqual({
    revertCommits: 1,
    mergeCommits: 1,
    pullRequests: [{ state: 'closed', merged: true }],
    deployed: ['core:1.4.0', 'core:1.5.0', 'core:1.4.0', 'core:1.4.0'],
    automated: { prune: false, selfHeal: false },
    plain: { generation: before.plainGeneration + 2, replicas: 3, revisions: 2 },
    old: { generation: before.oldGeneration + 1, image: 'old:1', revisions: 2 },
  })
}, 600_000)
