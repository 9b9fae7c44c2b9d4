import type { Proposal } from '@goalixa/agents/devops/proposal'
import { expect, test } from 'vitest'
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
const ask = (newest: unknown, method: Proposal['method'] = 'git-revert') =>
  checkUndoSafe(
    { preconditions, method },
    { read: async () => ({ history: [{ id: newest }] }) },
    new AbortController().signal,
  )

test('an undo is safe only if the deployment of the action is the only one since the approval', async () => {
  expect(await ask(7)).toBeNull()
  expect(await ask(8)).toContain('another deployment has followed')
  expect(await ask(6)).toContain('deployed nothing')
  expect(await ask(6, 'delivery-rollback')).toBeNull()
  expect(await ask(undefined)).toContain('are unknown')
})

test('what Argo CD does not deploy is undone without a read of its history', async () => {
  const read = () => Promise.reject(new Error('must not be asked'))
  expect(
    await checkUndoSafe(
      { preconditions: [], method: 'rollout-undo' },
      { read },
      new AbortController().signal,
    ),
  ).toBeNull()
})
