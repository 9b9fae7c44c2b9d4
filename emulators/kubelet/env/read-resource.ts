import type { Container, OnWire } from '@goalixa/emulators-shared/kubernetes/objects'
import { parseQuantity } from '@goalixa/emulators-shared/kubernetes/parse-quantity'
import type { V1ResourceFieldSelector } from '@kubernetes/client-node'

/** A container's limit or request as `resourceFieldRef` writes it: in units of the divisor, rounded up; no limit is the node's. */
export function readResource(
  { resource, divisor }: OnWire<V1ResourceFieldSelector>,
  container: Container,
  node: { cpu: number; memory: number },
): string {
  const [kind, name = ''] = resource.split('.')
  const { limits = {}, requests = {} } = container.resources ?? {}
  const declared = kind === 'limits' ? limits[name] : (requests[name] ?? limits[name])
  const fallback = name === 'cpu' ? node.cpu : node.memory
  const amount = declared === undefined ? fallback : parseQuantity(declared)
  const unit = divisor === undefined || divisor === '0' || divisor === '' ? 1 : parseQuantity(divisor)
  // Seven digits swallow what binary fractions leave over, before rounding up.
  return String(Math.ceil(Number((amount / unit).toFixed(7))))
}
