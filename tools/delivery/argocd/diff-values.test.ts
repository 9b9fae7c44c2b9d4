import { expect, it } from 'vitest'
import type { Json } from '../../json.ts'
import { runAtOnce } from '../../slices/run-in-slices.ts'
import { diffInSteps } from './diff-values.ts'

const diffValues = (...given: Parameters<typeof diffInSteps>) => runAtOnce(diffInSteps(...given))

it('returns the fields that differ, and pairs list items by name', () => {
  const live: Json = {
    replicas: 1,
    containers: [
      { name: 'proxy', image: 'p:1' },
      { name: 'core', image: 'core:2', args: ['a', 'b'] },
    ],
    only: { live: true },
    labels: { 'app.kubernetes.io/name': 'core' },
  }
  const desired: Json = {
    replicas: 3,
    containers: [
      { name: 'core', image: 'core:1', args: ['a'] },
      { name: 'proxy', image: 'p:1' },
    ],
    labels: { 'app.kubernetes.io/name': 'kern' },
  }
  expect(diffValues(live, desired)).toEqual([
    { path: 'replicas', live: 1, desired: 3 },
    { path: 'containers[core].image', live: 'core:2', desired: 'core:1' },
    { path: 'containers[core].args[1]', live: 'b', desired: null },
    { path: 'only', live: { live: true }, desired: null },
    { path: 'labels[app.kubernetes.io/name]', live: 'core', desired: 'kern' },
  ])
})

it('finds nothing where only the order of fields differs', () => {
  expect(diffValues({ a: 1, b: [1, 2] }, { b: [1, 2], a: 1 })).toEqual([])
})

it('reports a change of type as one change', () => {
  expect(diffValues({ a: [1] }, { a: { 0: 1 } })).toEqual([{ path: 'a', live: [1], desired: { 0: 1 } }])
})
