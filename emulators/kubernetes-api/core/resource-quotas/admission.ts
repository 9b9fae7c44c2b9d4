import type { KubeObject } from '../../meta/kube-object.ts'
import { quantityOr0 } from '../../meta/quantity.ts'
import type { ResourceKind } from '../../meta/resource-kind.ts'
import type { Admission } from '../../registry/dependencies.ts'
import { forbiddenError } from '../../registry/status-error.ts'
import type { Store } from '../../store/store.ts'
import type { Pod } from '../pods/pod.ts'
import { type ResourceQuota, resourceQuotas } from './kind.ts'
import { computeUsage, formatAmount } from './usage.ts'

/**
 * Rejects objects that would exceed a ResourceQuota of their namespace, and pods without a request or limit that a
 * quota requires.
 */
export const quotaAdmission: Admission = ({ kind, object, previous, store }) => {
  if (previous || !kind.isNamespaced) return
  for (const quota of store.list(resourceQuotas, object.metadata.namespace)) check(kind, object, quota, store)
}

function check(kind: ResourceKind, object: KubeObject, quota: ResourceQuota, store: Store) {
  const hard = Object.entries(quota.spec.hard ?? {})
  const name = object.metadata.name || object.metadata.generateName || ''
  if (kind.kind === 'Pod') {
    const missing = hard.map(([limited]) => limited).filter(limited => isUnstated(limited, object as Pod))
    if (missing.length > 0) {
      const containers = (object as Pod).spec.containers.map(container => container.name).join(',')
      throw forbiddenError(
        kind,
        name,
        `failed quota: ${quota.metadata.name}: must specify ${missing
          .toSorted()
          .map(entry => `${entry} for: ${containers}`)
          .join('; ')}`,
      )
    }
  }
  const requested = computeUsage(kind, object)
  const exceeded = hard.flatMap(([limited, text]) => {
    const amount = requested.get(limited)
    if (!amount) return []
    const used = sumUsage(store, quota.metadata.namespace, kind, limited)
    return used + amount > quantityOr0(text) + 1e-9 ? [{ limited, amount, used, text }] : []
  })
  if (exceeded.length === 0) return
  const list = (value: (entry: (typeof exceeded)[number]) => string) =>
    exceeded.map(entry => `${entry.limited}=${value(entry)}`).join(',')
  throw forbiddenError(
    kind,
    name,
    `exceeded quota: ${quota.metadata.name}, requested: ${list(entry => formatAmount(entry.limited, entry.amount))}, used: ${list(entry => formatAmount(entry.limited, entry.used))}, limited: ${list(entry => entry.text)}`,
  )
}

function isUnstated(limited: string, { spec }: Pod): boolean {
  const [, part = 'requests', resource] = /^(?:(requests|limits)\.)?(cpu|memory)$/.exec(limited) ?? []
  if (!resource) return false
  return (spec?.containers ?? []).some(
    ({ resources = {} }) =>
      (part === 'limits' ? resources.limits : resources.requests)?.[resource] === undefined,
  )
}

/** Sums the usage of one limited resource by all objects of a kind in a namespace. */
export function sumUsage(
  store: Store,
  namespace: string | undefined,
  kind: ResourceKind,
  limited: string,
): number {
  return store
    .list(kind, namespace)
    .reduce((sum, object) => sum + (computeUsage(kind, object).get(limited) ?? 0), 0)
}
