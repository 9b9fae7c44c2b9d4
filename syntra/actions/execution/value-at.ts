/**
 * The value at a dotted path of a tool's result; undefined if it is not there. `samples.count`, and `samples.max`,
 * `samples.min` and `samples.sum` over the values of `prometheus_query`, which are undefined when there is no sample.
 */
export function valueAt(result: unknown, path: string): unknown {
  const aggregate = /^samples\.(count|max|min|sum)$/.exec(path)?.[1]
  if (aggregate) return aggregateOf(aggregate, samplesOf(result))
  return path.split('.').reduce<unknown>((value, key) => memberOf(value, key), result)
}

function samplesOf(result: unknown): number[] | undefined {
  const samples = memberOf(result, 'samples')
  if (!Array.isArray(samples)) return undefined
  return samples.map(sample => Number(memberOf(sample, 'value')))
}

function aggregateOf(name: string, values: number[] | undefined): number | undefined {
  if (!values) return undefined
  if (name === 'count') return values.length
  if (values.length === 0 || values.some(Number.isNaN)) return undefined
  if (name === 'max') return Math.max(...values)
  return name === 'min' ? Math.min(...values) : values.reduce((left, right) => left + right, 0)
}

// Own members only: a path is data and must not reach `constructor`.
function memberOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined
}
