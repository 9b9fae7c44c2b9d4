import type { PendingRevert } from '@goalixa/agents/devops/proposal'
import { expect, test } from 'vitest'
import { ARGOCD_APP } from '../testing/argocd-app.ts'
import { evaluatePendingRevert } from './evaluate-pending-revert.ts'

const pendingRevert: PendingRevert = {
  message: 'Auto-sync of core is off',
  app: 'core',
  repo: 'shop/deploy',
  pause: 1,
  revert: 3,
  sha: 'bad',
  step: { tool: 'delivery_set_auto_sync', args: { name: 'core' }, message: 'Turn it on.' },
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

type World = {
  app?: object
  pull?: object
  contains?: boolean
  number?: null
  /** Files that differ at Argo CD's commit from before the release. */
  differing?: string[]
  isHandedOver?: boolean
  /** What the merge changed, where that is not what the revert did. */
  merged?: string
}

function judge(world: World) {
  const commit = { sha: 'bad', author: 'jane', message: 'core 1.5.0', at: null }
  const changed = (path: string) => ({ path, status: 'modified', patch: null })
  const files = (world.differing ?? ['core/values.yaml']).map(changed)
  const answers: Record<string, unknown> = {
    delivery_get_app: { ...ARGOCD_APP, ...world.app },
    forge_get_pull_request: { ...merged, ...world.pull },
    forge_contains_commit: { contains: world.contains ?? true },
    forge_compare_commits: { commits: [commit], files },
  }
  const patches: Record<string, string> = {
    revert: '@@ -1 +1 @@\n-tag: 1.5.0\n+tag: 1.4.0',
    merge: world.merged ?? '@@ -7 +7 @@ name: core\n other\n-tag: 1.5.0\n+tag: 1.4.0',
  }
  const read = async (tool: string, args: { sha?: unknown }) => {
    if (tool !== 'forge_get_commit') return answers[tool]
    const patch = patches[String(args.sha)] ?? '+tag: 1.5.0'
    const file = { path: 'core/values.yaml', status: 'modified', patch }
    return { ...commit, parents: ['good'], files: [file] }
  }
  return evaluatePendingRevert(
    world.isHandedOver ? { ...pendingRevert, pause: undefined } : pendingRevert,
    world.number === null ? null : { number: 7, sha: 'revert' },
    { read },
    new AbortController().signal,
  )
}

test('auto-sync is restored once the commit that Argo CD sees contains the merged revert', async () => {
  expect(await judge({})).toEqual({ what: 'continue' })
})

test('a merge with other content is not a revert, and an amended one is if all files are as before', async () => {
  const forged = { merged: '-tag: 1.5.0\n+tag: evil' }
  for (const isHandedOver of [true, false])
    expect(await judge({ ...forged, isHandedOver })).toEqual({
      what: 'give-up',
      message: expect.stringContaining('was merged with other content'),
    })
  expect(await judge({ ...forged, differing: [] })).toEqual({ what: 'continue' })
})

test('auto-sync is also restored after another kind of revert, if the files are as before', async () => {
  for (const state of ['open', 'closed'])
    expect(await judge({ pull: { ...open, state }, differing: ['web/values.yaml'] })).toEqual({
      what: 'continue',
    })
})

test('a handed-off revert continues with the merge, before Argo CD has seen it and whatever auto-sync is', async () => {
  const automated = { prune: false, selfHeal: false }
  const world = { isHandedOver: true, contains: false, app: { automated } }
  expect(await judge(world)).toEqual({ what: 'continue' })
  expect(await judge({ ...world, pull: open })).toEqual({ what: 'wait' })
  expect(await judge({ ...world, pull: { ...open, state: 'closed' } })).toMatchObject({ what: 'give-up' })
})

test.each([
  ['the pull request is open', { pull: open }],
  ['Argo CD has not seen the merge yet', { contains: false }],
  ['it is not known what Argo CD sees', { app: { revision: null } }],
  ['an operation runs', { app: { isOperating: true } }],
  ['Argo CD has not even seen the release', { pull: open, contains: false, differing: [] }],
])('it is waited for while %s', async (_why, world) => {
  expect(await judge(world)).toEqual({ what: 'wait' })
})

test.each([
  [
    'somebody has turned it on',
    { app: { automated: { prune: false, selfHeal: false } } },
    'is left as it is',
  ],
  [
    'the pull request was closed',
    { pull: { ...open, state: 'closed' } },
    'Revert it in Git and turn auto-sync on again.',
  ],
  ['there is no pull request', { number: null }, 'no pull request'],
])('it is left to people where %s', async (_why, world, message) => {
  expect(await judge(world)).toEqual({ what: 'give-up', message: expect.stringContaining(message) })
})
