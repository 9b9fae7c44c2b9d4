import { expect, test } from 'vitest'
import { formatMetrics } from './format-metrics.ts'

test('label values are escaped, and empty families are omitted', () => {
  const labels = { image: 'a"b\\c\nd' }
  const text = formatMetrics([
    { name: 'up', type: 'gauge', help: 'Up.', samples: [{ labels, value: Number.POSITIVE_INFINITY }] },
    { name: 'none', type: 'gauge', help: 'None.', samples: [] },
  ])
  expect(text).toBe('# HELP up Up.\n# TYPE up gauge\nup{image="a\\"b\\\\c\\nd"} +Inf\n')
})
