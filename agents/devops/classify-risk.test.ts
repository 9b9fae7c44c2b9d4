import { expect, it } from 'vitest'
import { TIER_LABEL } from '../catalog/classify-target.ts'
import { buildSnapshot } from '../snapshot/build-snapshot.ts'
import { indexSnapshot } from '../snapshot/index-snapshot.ts'
import { Scope } from '../snapshot/snapshot.ts'
import { classifyRisk } from './classify-risk.ts'

function risk(namespace: string, tier?: string) {
  const annotations = tier === undefined ? {} : { [TIER_LABEL]: tier }
  const snapshot = buildSnapshot(Scope.parse({ since: '2026-01-01T00:00:00Z' }), [])
  snapshot.objects.push({
    evidence: 'E1',
    object: { kind: 'Deployment', metadata: { name: 'core', namespace, annotations } },
  })
  return classifyRisk(indexSnapshot(snapshot), { kind: 'Deployment', namespace, name: 'core' }).risk
}

it('is R3 on the user path of production, also where nothing gives the tier', () => {
  expect(risk('shop-production', 'A')).toBe('R3')
  expect(risk('shop')).toBe('R3')
})

it('is R2 for a background workload, and outside of production', () => {
  expect(risk('shop', 'B')).toBe('R2')
  expect(risk('shop-development', 'A')).toBe('R2')
})
