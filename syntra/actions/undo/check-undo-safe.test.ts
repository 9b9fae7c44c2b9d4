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

test('an undo may only follow exactly the one deployment that the action made', async () => {
  expect(await ask(7)).toBeNull()
  expect(await ask(8)).toContain('somebody has deployed since')
  expect(await ask(6)).toContain('nothing was deployed')
  expect(await ask(6, 'delivery-rollback')).toBeNull()
  expect(await ask(undefined)).toContain('can not be told')
})

test('what Argo CD does not deploy is taken back without asking it', async () => {
  const read = () => Promise.reject(new Error('must not be asked'))
  expect(
    await checkUndoSafe(
      { preconditions: [], method: 'rollout-undo' },
      { read },
      new AbortController().signal,
    ),
  ).toBeNull()
})
