import type { KubeObject } from '../../meta/kube-object.ts'
import { bytesQuantity, cpuQuantity, quantityOr0 } from '../../meta/quantity.ts'
import type { ResourceKind } from '../../meta/resource-kind.ts'
import { resourceNameOf } from '../../meta/resource-kind.ts'
import { pods } from '../pods/kind.ts'
import type { Pod } from '../pods/pod.ts'
import { sumPodRequests } from '../pods/requests.ts'

/** Computes an object's usage of the resources that quotas limit, in cores, bytes or pieces. */
export function computeUsage(kind: ResourceKind, object: KubeObject): Map<string, number> {
  const usage = new Map([[`count/${resourceNameOf(kind)}`, 1]])
  if (COUNTED.has(kind.plural) && kind.group === '') usage.set(kind.plural, 1)
  if (kind.kind !== pods.kind) return usage
  const pod = object as Pod
  if (pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') return new Map()
  for (const [name, amount] of sumPodRequests(pod)) {
    usage.set(`requests.${name}`, amount)
    usage.set(name, amount)
  }
  for (const { resources } of pod.spec?.containers ?? [])
    for (const [name, text] of Object.entries(resources?.limits ?? {}))
      usage.set(`limits.${name}`, (usage.get(`limits.${name}`) ?? 0) + quantityOr0(text))
  return usage
}

const COUNTED = new Set([
  'pods',
  'services',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'resourcequotas',
])

/** Formats an amount of a resource as a quantity. */
export function formatAmount(name: string, amount: number): string {
  if (name.endsWith('cpu')) return cpuQuantity(amount)
  return name.endsWith('memory') || name.endsWith('storage') ? bytesQuantity(amount) : String(amount)
}
