import {
  type Context,
  type Interest,
  keyOf,
  on,
  parseKey,
  type Running,
  runController,
} from '../../controllers/controller.ts'
import { type ResourceKind, resourceNameOf } from '../../meta/resource-kind.ts'
import { pods } from '../pods/kind.ts'
import { sumUsage } from './admission.ts'
import { type ResourceQuota, resourceQuotas } from './kind.ts'
import { formatAmount } from './usage.ts'

/** Keeps the status of quotas up to date with the content of their namespace. */
export function runQuotaController(context: Context): Running {
  const { cluster } = context
  const quotasOf = (namespace: string | undefined) => cluster.list(resourceQuotas, namespace).map(keyOf)
  const counted = cluster.kinds.filter(
    kind => kind.isNamespaced && kind.kind !== 'Event' && kind.kind !== resourceQuotas.kind,
  )
  return runController({
    name: 'resourcequota',
    context,
    interests: [
      on(resourceQuotas, quota => [keyOf(quota)]),
      ...counted.map(
        (kind): Interest => ({
          kind,
          keys: ({ type, object }) =>
            type === 'MODIFIED' && kind.kind !== pods.kind ? [] : quotasOf(object.metadata.namespace),
        }),
      ),
    ],
    reconcile(key) {
      const { namespace, name } = parseKey(key)
      const quota = cluster.find(resourceQuotas, namespace, name)
      if (quota) writeStatus(context, quota)
    },
  })
}

function writeStatus({ cluster }: Context, quota: ResourceQuota) {
  const hard = quota.spec.hard ?? {}
  const used = Object.fromEntries(
    Object.keys(hard).map(limited => [
      limited,
      formatAmount(
        limited,
        sumUsage(cluster.store, quota.metadata.namespace, kindFor(cluster.kinds, limited), limited),
      ),
    ]),
  )
  cluster.mutate(
    resourceQuotas,
    quota,
    draft => {
      draft.status = { hard, used }
    },
    { subresource: 'status' },
  )
}

function kindFor(kinds: ResourceKind[], limited: string): ResourceKind {
  const name = limited.replace(/^count\//, '')
  return kinds.find(kind => resourceNameOf(kind) === name) ?? (pods as ResourceKind)
}
