import type { PredicateReading } from '@goalixa/agents/devops/verification/predicate'
import { ExpectedError } from '@goalixa/chassis/errors'
import { expect, test } from 'vitest'
import { readPredicate } from './read-predicate.ts'

const signal = new AbortController().signal
const at = (path: string, op: PredicateReading['op'], value: PredicateReading['value'], result: unknown) =>
  readPredicate(
    { message: 's', tool: 'prometheus_query', args: {}, path, op, value },
    { read: async () => result },
    signal,
  ).then(({ holds }) => holds)
const samples = (...values: (number | string)[]) => ({ samples: values.map(value => ({ value })) })

test('a predicate compares aggregates of samples and values at dotted paths', async () => {
  expect(await at('samples.max', '<=', 0.05, samples(0.01, 0.05))).toBe(true)
  expect(await at('samples.max', '<=', 0.05, samples(0.01, 0.06))).toBe(false)
  expect(await at('samples.min', '>', 0, samples(1, 2))).toBe(true)
  expect(await at('samples.count', '==', 0, samples())).toBe(true)
  expect(await at('object.status.readyReplicas', '>=', 2, { object: { status: { readyReplicas: 2 } } })).toBe(
    true,
  )
  expect(await at('revision', '==', 'abc', { revision: 'abc' })).toBe(true)
  expect(await at('images', '!=', ['a'], { images: ['b'] })).toBe(true)
})

test('missing samples, NaN, an absent field, a text instead of a number and a failed read are unknown', async () => {
  expect(await at('samples.max', '<=', 0.05, samples())).toBeNull()
  expect(await at('samples.max', '<=', 0.05, samples('NaN'))).toBeNull()
  expect(await at('object.status.readyReplicas', '>=', 2, { object: {} })).toBeNull()
  expect(await at('constructor.name', '==', 'Object', {})).toBeNull()
  expect(await at('revision', '>', 3, { revision: 'abc' })).toBeNull()
  const failing = {
    read: async () => {
      throw new ExpectedError('unavailable', 'AWAY', 'away')
    },
  }
  const predicate = {
    message: 's',
    tool: 'prometheus_query' as const,
    args: {},
    path: 'x',
    op: '==' as const,
    value: 1,
  }
  expect(await readPredicate(predicate, failing, signal)).toEqual({
    message: 's',
    value: 'away',
    holds: null,
  })
})
