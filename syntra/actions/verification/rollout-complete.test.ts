import { rolloutComplete } from '@goalixa/agents/devops/verification/rollout-complete'
import { workloadOf } from '@goalixa/agents/snapshot/objects/workload'
import { expect, test } from 'vitest'
import { readPredicate } from './read-predicate.ts'

type Fields = Record<string, unknown>
const settled = {
  observedGeneration: 4,
  replicas: 3,
  updatedReplicas: 3,
  availableReplicas: 3,
  readyReplicas: 3,
}

/** Whether a rollout is done by its predicates: as it was diagnosed (3 pods wanted), and as it is read now. */
async function isDone(kind: string, status: Fields, spec: Fields = {}, least: number | null = null) {
  const object = (now: Fields, more: Fields = {}) => ({
    kind,
    metadata: { name: 'core', namespace: 'shop', generation: 4 },
    spec: { replicas: 3, ...more },
    status: now,
  })
  const workload = workloadOf('E1', object({}, { updateStrategy: spec.updateStrategy }))
  const toolExecutor = { read: async () => ({ object: object(status, spec) }) }
  const signal = new AbortController().signal
  const readings = await Promise.all(
    rolloutComplete(workload, least).map(predicate => readPredicate(predicate, toolExecutor, signal)),
  )
  if (readings.some(({ holds }) => holds === false)) return false
  return readings.every(({ holds }) => holds === true) || 'unknown'
}

test('a Deployment is complete once it is observed and all wanted pods are updated and available', async () => {
  expect(await isDone('Deployment', settled)).toBe(true)
  expect(await isDone('Deployment', { ...settled, observedGeneration: 3 })).toBe(false)
  expect(await isDone('Deployment', { ...settled, updatedReplicas: 2 })).toBe(false)
  expect(await isDone('Deployment', { ...settled, replicas: 4 })).toBe(false)
  const five = { ...settled, replicas: 5, updatedReplicas: 5, availableReplicas: 5 }
  expect(await isDone('Deployment', five, { replicas: 5 })).toBe(true)
  expect(await isDone('Deployment', settled, { replicas: 5 })).toBe(false)
})

test('an absent availableReplicas is zero, which is incomplete, not unknown', async () => {
  const { availableReplicas: _left, ...none } = settled
  expect(await isDone('Deployment', none)).toBe(false)
  expect(await isDone('Deployment', {})).toBe(false)
})

test('a workload that was scaled below Git must want as many replicas as Git again', async () => {
  expect(await isDone('Deployment', { ...settled }, {}, 4)).toBe(false)
  expect(await isDone('Deployment', { ...settled }, {}, 3)).toBe(true)
})

test('a StatefulSet is complete once all pods are ready and updated; with a partition or OnDelete old pods may stay', async () => {
  expect(await isDone('StatefulSet', settled)).toBe(true)
  expect(await isDone('StatefulSet', { ...settled, updatedReplicas: 1 })).toBe(false)
  expect(await isDone('StatefulSet', { ...settled, readyReplicas: 2 })).toBe(false)
  const half = { ...settled, updatedReplicas: 1 }
  const partition = { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } }
  expect(await isDone('StatefulSet', half, partition)).toBe(true)
  expect(await isDone('StatefulSet', half, { updateStrategy: { type: 'OnDelete' } })).toBe(true)
})

test('a DaemonSet is complete once it is updated and available on every scheduled node', async () => {
  const nodes = { observedGeneration: 4, desiredNumberScheduled: 3 }
  const all = { ...nodes, updatedNumberScheduled: 3, numberAvailable: 3 }
  expect(await isDone('DaemonSet', all)).toBe(true)
  expect(await isDone('DaemonSet', { ...all, numberAvailable: 2 })).toBe(false)
  expect(await isDone('DaemonSet', { ...nodes, numberAvailable: 3 })).toBe(false)
})
