import { expect, it } from 'vitest'
import type { KubeObject } from '../cluster/kube-object.ts'
import { groupByWave } from './sort-for-sync.ts'

const object = (kind: string, wave?: number): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: {
    name: kind.toLowerCase(),
    ...(wave === undefined ? {} : { annotations: { 'argocd.argoproj.io/sync-wave': String(wave) } }),
  },
})

it('sorts by wave, and dependencies first within a wave', () => {
  const objects = [
    object('Ingress'),
    object('Deployment'),
    object('Anything'),
    object('Service'),
    object('Secret', 1),
    object('ConfigMap'),
    object('Job', -1),
    object('Namespace'),
  ]
  expect(groupByWave(objects).map(wave => wave.map(({ kind }) => kind))).toEqual([
    ['Job'],
    ['Namespace', 'ConfigMap', 'Service', 'Deployment', 'Ingress', 'Anything'],
    ['Secret'],
  ])
})
