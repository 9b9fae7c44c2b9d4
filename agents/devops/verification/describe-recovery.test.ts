import { expect, it } from 'vitest'
import { choose } from '../testing/choose.ts'
import { slowRelease } from '../testing/slow-release.ts'
import { describeRecovery } from './describe-recovery.ts'

it('names each signal and alert, and the rollout once instead of each of its conditions', () => {
  const { recovered } = choose(slowRelease()).proposal?.verification ?? { recovered: [] }
  const clauses = describeRecovery(recovered)
  expect(recovered.filter(({ kind }) => kind === 'rollout-complete').length).toBeGreaterThan(1)
  expect(clauses.filter(clause => clause.includes('rollout'))).toEqual([
    'the rollout of Deployment orders is complete',
  ])
  for (const { kind, message } of recovered)
    if (kind !== 'rollout-complete') expect(clauses).toContain(message)
})
