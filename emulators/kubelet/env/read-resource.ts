import type { Container, OnWire } from '@goalixa/emulators-shared/kubernetes/objects'
import { parseQuantity } from '@goalixa/emulators-shared/kubernetes/parse-quantity'
import type { V1ResourceFieldSelector } from '@kubernetes/client-node'

/**
 * Reads a limit or request of a container for `resourceFieldRef`: in units of the divisor, rounded up; a missing limit
 * is the capacity of the node.
 */
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
  // Rounding to seven digits first removes binary floating-point errors.
  return String(Math.ceil(Number((amount / unit).toFixed(7))))
}
