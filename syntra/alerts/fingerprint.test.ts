import { expect, test } from 'vitest'
import { fingerprintOf } from './fingerprint.ts'

// Vectors of prometheus/common, model/metric_test.go and signature_test.go, in hex as Alertmanager writes them.
test('a fingerprint is the one that Prometheus computes, whatever the order of the labels', () => {
  expect(fingerprintOf({})).toBe('cbf29ce484222325')
  const labels = { name: 'garland, briggs', fear: 'love is not enough' }
  const expected = 5_799_056_148_416_392_346n.toString(16).padStart(16, '0')
  expect(fingerprintOf(labels)).toBe(expected)
  expect(fingerprintOf({ fear: labels.fear, name: labels.name })).toBe(expected)
})
