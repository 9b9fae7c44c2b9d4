import type { FollowUp } from '@goalixa/agents/devops/proposal'
import { expect, test } from 'vitest'
import { judgeFollowUp } from './judge-follow-up.ts'

const followUp: FollowUp = {
  says: 'Auto-sync of core is off',
  app: 'core',
  repo: 'shop/deploy',
  pause: 1,
  revert: 3,
  step: { tool: 'argocd_set_auto_sync', args: { name: 'core' }, says: 'Turn it on.' },
}
const app = {
  name: 'core',
  project: 'shop',
  namespace: 'shop',
  repoUrl: null,
  path: null,
  targetRevision: 'main',
  syncStatus: 'OutOfSync',
  revision: 'head',
  health: 'Healthy',
  automated: null as { prune: boolean; selfHeal: boolean } | null,
  operation: null,
  isOperating: false,
  conditions: [],
  resources: [],
  parent: null,
  images: [],
  hasHooks: false,
}
const side = { ref: 'main', sha: 'a' }
const merged = {
  number: 7,
  title: 'Revert',
  state: 'closed',
  merged: true,
  head: side,
  base: side,
  mergeable: null,
  mergeSha: 'merge' as string | null,
}
const open = { ...merged, state: 'open', merged: false, mergeSha: null }

function judge(world: { app?: object; pull?: object; contains?: boolean; number?: number | null }) {
  const answers: Record<string, unknown> = {
    argocd_get_app: { ...app, ...world.app },
    github_get_pull_request: { ...merged, ...world.pull },
    github_contains_commit: { contains: world.contains ?? true },
  }
  const read = async (tool: string) => answers[tool]
  return judgeFollowUp(
    followUp,
    world.number === undefined ? 7 : world.number,
    { read },
    new AbortController().signal,
  )
}

test('auto-sync comes back once what Argo CD sees contains the merged revert', async () => {
  expect(await judge({})).toEqual({ what: 'restore' })
})

test.each([
  ['the pull request is open', { pull: open }],
  ['Argo CD has not seen the merge yet', { contains: false }],
  ['it is not known what Argo CD sees', { app: { revision: null } }],
  ['an operation runs', { app: { isOperating: true } }],
])('it is waited for while %s', async (_why, world) => {
  expect(await judge(world)).toEqual({ what: 'wait' })
})

test.each([
  ['somebody has turned it on', { app: { automated: { prune: false, selfHeal: false } } }, 'stays as it is'],
  ['the pull request was closed', { pull: { ...open, state: 'closed' } }, '#7 was closed'],
  ['there is no pull request', { number: null }, 'no pull request'],
])('it is left to people where %s', async (_why, world, says) => {
  expect(await judge(world)).toEqual({ what: 'give-up', says: expect.stringContaining(says) })
})
