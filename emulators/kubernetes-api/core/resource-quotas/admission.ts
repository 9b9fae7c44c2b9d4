import type { KubeObject } from '../../meta/kube-object.ts'
import { quantityOr0 } from '../../meta/quantity.ts'
import type { ResourceKind } from '../../meta/resource-kind.ts'
import type { Admission } from '../../registry/cluster.ts'
import { forbiddenError } from '../../registry/status-error.ts'
import type { Store } from '../../store/store.ts'
import type { Pod } from '../pods/kind.ts'
import { type ResourceQuota, resourceQuotas } from './kind.ts'
import { amountText, usageOf } from './usage.ts'

/** Refuses what would exceed a ResourceQuota of its namespace, and pods that do not state what a quota limits. */
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
          .map(one => `${one} for: ${containers}`)
          .join('; ')}`,
      )
    }
  }
  const asked = usageOf(kind, object)
  const exceeded = hard.flatMap(([limited, text]) => {
    const amount = asked.get(limited)
    if (!amount) return []
    const used = usedOf(store, quota.metadata.namespace, kind, limited)
    return used + amount > quantityOr0(text) + 1e-9 ? [{ limited, amount, used, text }] : []
  })
  if (exceeded.length === 0) return
  const list = (value: (one: (typeof exceeded)[number]) => string) =>
    exceeded.map(one => `${one.limited}=${value(one)}`).join(',')
  throw forbiddenError(
    kind,
    name,
    `exceeded quota: ${quota.metadata.name}, requested: ${list(one => amountText(one.limited, one.amount))}, used: ${list(one => amountText(one.limited, one.used))}, limited: ${list(one => one.text)}`,
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

/** What all objects of a kind in a namespace use of one limited amount. */
export function usedOf(
  store: Store,
  namespace: string | undefined,
  kind: ResourceKind,
  limited: string,
): number {
  return store
    .list(kind, namespace)
    .reduce((sum, object) => sum + (usageOf(kind, object).get(limited) ?? 0), 0)
}
