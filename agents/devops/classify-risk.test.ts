import { expect, it } from 'vitest'
import { indexSnapshot } from '../snapshot/index-snapshot.ts'
import { investigate } from '../testing/investigate.ts'
import { healthyWorld } from '../testing/sample-cluster.ts'
import { classifyRisk } from './classify-risk.ts'

function risk(namespace: string, tier: string | null) {
  const { snapshot } = investigate(healthyWorld())
  const view = indexSnapshot({ ...snapshot, scope: { ...snapshot.scope, namespace } })
  const orders = indexSnapshot(snapshot).workloadNamed('orders')
  const annotations: Record<string, string> = tier === null ? {} : { 'syntra.goalixa.com/tier': tier }
  return classifyRisk(view, orders && { ...orders, annotations })
}

it('is R3 on the critical path of users, and where nobody has told the tier', () => {
  expect(risk('shop-production', 'A')).toBe('R3')
  expect(risk('shop', null)).toBe('R3')
  expect(risk('shop', 'b')).toBe('R3')
})

it('is R2 for what works in the background, and outside of production', () => {
  expect(risk('shop-production', 'B')).toBe('R2')
  expect(risk('shop-staging', 'A')).toBe('R2')
  expect(risk('dev', null)).toBe('R2')
})

it('takes no name that merely contains the word for an environment', () => {
  expect(risk('devices', 'A')).toBe('R3')
  expect(risk('contest', 'A')).toBe('R3')
})

it('is R3 where the workload was not read', () => {
  const { snapshot } = investigate(healthyWorld())
  expect(classifyRisk(indexSnapshot(snapshot), undefined)).toBe('R3')
})
