import { parseQuantity } from '@goalixa/tools/kubernetes/parse-quantity'
import { containerSpec } from './container-spec.ts'
import { fieldAt } from './json-path.ts'

/** The memory limit of a container of a pod or a template in bytes, or null if it has none that can be read. */
export function memoryLimitOf(object: unknown, container: string): number | null {
  const limit = fieldAt(containerSpec(object, container), 'resources.limits.memory')
  const bytes = typeof limit === 'string' || typeof limit === 'number' ? parseQuantity(limit) : Number.NaN
  return Number.isFinite(bytes) ? bytes : null
}
