import type { Proposal } from '@goalixa/agents/devops/proposal'
import type { StepTool } from '@goalixa/agents/devops/step'
import type { DeploymentsSince } from '@goalixa/tools/delivery/app'
import { expect, test } from 'vitest'
import { ARGOCD_APP } from '../../testing/argocd-app.ts'
import { checkUndoSafe } from './check-undo-safe.ts'

const preconditions: Proposal['preconditions'] = [
  {
    kind: 'nothing-deployed',
    tool: 'delivery_list_history',
    args: { name: 'core' },
    path: 'history.0.id',
    value: 6,
  },
]
type Requester = DeploymentsSince['deployments'][number]['requestedBy']

/** Asks about the deployments after number 6, given by who requested them, newest first. */
const ask = (
  requesters: Requester[],
  {
    method = 'delivery-rollback' as Proposal['method'],
    isSameContent = true,
    newest = 6 + requesters.length,
    tools = ['forge_close_revert', 'delivery_rollback_app', 'delivery_set_auto_sync'] as StepTool[],
    syncStatus = 'OutOfSync',
  } = {},
) =>
  checkUndoSafe(
    { preconditions, method },
    tools.map(tool => ({ tool })),
    {
      read: async tool =>
        tool === 'delivery_get_app'
          ? { ...ARGOCD_APP, syncStatus }
          : {
              deployments: requesters.map((requestedBy, index) => ({
                id: newest - index,
                revision: 'a'.repeat(40),
                requestedBy,
              })),
              isSameContent,
            },
    },
    new AbortController().signal,
  )

test('an undo is safe after the deployment of the action, also if it was deployed twice by our own account', async () => {
  expect(await ask(['syntra'])).toBeNull()
  expect(await ask(['syntra', 'syntra'])).toBeNull()
  expect(await ask(['automation', 'syntra'])).toBeNull()
  expect(await ask(['unknown'])).toBeNull()
})

test('an undo is not safe after another account, other content, or deployments of which too little is known', async () => {
  expect(await ask(['other'])).toContain('another account has deployed')
  expect(await ask(['other', 'syntra'])).toContain('another account has deployed')
  expect(await ask(['syntra', 'syntra'], { isSameContent: false })).toContain(
    'another deployment has followed',
  )
  expect(await ask(['unknown', 'unknown'])).toContain('it is unknown who')
  expect(await ask(['syntra', 'syntra'], { newest: 20 })).toContain('no longer in the history')
})

test('a revert must have been deployed, by whomever', async () => {
  expect(await ask([], { method: 'git-revert' })).toContain('deployed nothing')
  expect(await ask(['other'], { method: 'git-revert' })).toBeNull()
  expect(await ask(['other', 'automation'], { method: 'git-revert' })).toContain('another account')
  expect(await ask([])).toBeNull()
})

test('auto-sync is restored after someone else’s deployment, unless Argo CD would then overwrite that', async () => {
  const restore = { tools: ['delivery_set_auto_sync'] as StepTool[] }
  expect(await ask(['other'], { ...restore, syncStatus: 'Synced' })).toBeNull()
  expect(await ask(['other'], restore)).toContain('another account has deployed')
  expect(await ask([], restore)).toBeNull()
  expect(await ask(['other'], { tools: ['forge_close_revert'] })).toBeNull()
  const withMerge: StepTool[] = ['forge_merge_revert', 'delivery_set_auto_sync']
  expect(await ask(['other'], { tools: withMerge, syncStatus: 'Synced' })).toContain('another account')
})

test('what Argo CD does not deploy is undone without a read of its history', async () => {
  const read = () => Promise.reject(new Error('must not be asked'))
  expect(
    await checkUndoSafe(
      { preconditions: [], method: 'rollout-undo' },
      [{ tool: 'kubernetes_undo_rollout' }],
      { read },
      new AbortController().signal,
    ),
  ).toBeNull()
})
