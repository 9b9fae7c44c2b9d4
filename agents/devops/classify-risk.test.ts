import { expect, it } from 'vitest'
import { TIER_LABEL } from '../catalog/classify-target.ts'
import { buildSnapshot } from '../snapshot/build-snapshot.ts'
import { indexSnapshot } from '../snapshot/index-snapshot.ts'
import { appOf } from '../snapshot/objects/delivery-app.ts'
import { Scope } from '../snapshot/snapshot.ts'
import { classifyRisk } from './classify-risk.ts'

function risk(namespace: string, tier?: string) {
  const annotations = tier === undefined ? {} : { [TIER_LABEL]: tier }
  const snapshot = buildSnapshot(Scope.parse({ since: '2026-01-01T00:00:00Z' }), [])
  snapshot.objects.push(
    { evidence: 'E1', object: { kind: 'Deployment', metadata: { name: 'core', namespace, annotations } } },
    { evidence: 'E2', object: { kind: 'Namespace', metadata: { name: namespace } } },
  )
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

it('is that of the workload with the greatest need for care, where a whole application is changed', () => {
  const snapshot = buildSnapshot(Scope.parse({ since: '2026-01-01T00:00:00Z' }), [])
  const core = { kind: 'Deployment', namespace: 'shop', name: 'core' }
  const front = { kind: 'Deployment', namespace: 'shop', name: 'front' }
  for (const { name, namespace, kind } of [core, front])
    snapshot.objects.push({
      evidence: 'E1',
      object: {
        kind,
        metadata: { name, namespace, annotations: { [TIER_LABEL]: name === 'core' ? 'B' : 'A' } },
      },
    })
  const view = indexSnapshot(snapshot)
  const app = appOf('E2', { name: 'shop', resources: [core, front, { ...front, kind: 'Service' }] })
  expect(classifyRisk(view, core).risk).toBe('R2')
  expect(classifyRisk(view, core, app)).toMatchObject({
    risk: 'R3',
    classification: { tier: { value: 'A' } },
  })
})
