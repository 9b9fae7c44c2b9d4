import type { Health, ResourceStatus } from '../applications/application.ts'
import { versionOf } from '../cluster/kube-object.ts'
import { waveOf } from '../compare/annotations.ts'
import type { Comparison } from '../compare/compare-objects.ts'
import { assessHealth } from '../health/assess-health.ts'
import { worstHealth } from '../health/worst-health.ts'

/** Returns the status of each resource of an application, from the comparison. */
export function resourceStatuses(comparisons: Comparison[]): ResourceStatus[] {
  return comparisons.map(({ key, target, live, isSynced }) => {
    const object = live ?? target
    const health = live ? assessHealth(live) : ({ status: 'Missing' } satisfies Health)
    const wave = object ? waveOf(object) : 0
    return {
      ...(key.group ? { group: key.group } : {}),
      version: versionOf(object?.apiVersion ?? ''),
      kind: key.kind,
      ...(key.namespace ? { namespace: key.namespace } : {}),
      name: key.name,
      status: isSynced ? 'Synced' : 'OutOfSync',
      ...(health ? { health } : {}),
      ...(target === null ? { requiresPruning: true } : {}),
      ...(wave === 0 ? {} : { syncWave: wave }),
    }
  })
}

/**
 * Returns Synced if every resource is; a resource that exists only in the cluster counts, unless its annotations
 * exclude it.
 */
export function syncStatusOf(comparisons: Comparison[]): 'Synced' | 'OutOfSync' {
  return comparisons.every(each => each.isSynced || isIgnoredExtra(each)) ? 'Synced' : 'OutOfSync'
}

/** Returns the worst health of the resources; Missing if none exists. */
export function healthOf(comparisons: Comparison[], resources: ResourceStatus[]): Health['status'] {
  const isEverythingMissing = comparisons.length > 0 && comparisons.every(({ live }) => live === null)
  return isEverythingMissing
    ? 'Missing'
    : worstHealth(resources.flatMap(({ health }) => health?.status ?? []))
}

function isIgnoredExtra({ target, live }: Comparison): boolean {
  if (target !== null || live === null) return false
  return live.metadata.annotations?.['argocd.argoproj.io/compare-options'] === 'IgnoreExtraneous'
}
