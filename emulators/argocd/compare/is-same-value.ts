import { parseQuantity } from '@goalixa/emulators-shared/kubernetes/parse-quantity'

// Fields whose values are quantities, or maps of quantities.
const QUANTITIES = new Set([
  'limits',
  'requests',
  'hard',
  'capacity',
  'sizeLimit',
  'averageValue',
  'max',
  'min',
  'default',
  'defaultRequest',
  'overhead',
  'divisor',
])

/**
 * Returns whether two plain values are equal to Kubernetes: `1000m` and `1` cores are, `1` and `"1"` elsewhere are not.
 */
export function isSameValue(live: unknown, target: unknown, path: readonly string[]): boolean {
  if (live === target) return true
  if (!isQuantityPath(path) || !isPlain(live) || !isPlain(target)) return false
  return parseQuantity(live) === parseQuantity(target)
}

function isQuantityPath(path: readonly string[]): boolean {
  return path.slice(-2).some(name => QUANTITIES.has(name))
}

function isPlain(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number'
}
