import type { Application, Condition, Health } from '../applications/application.ts'
import type { Cluster } from '../cluster/create-cluster.ts'
import { type Comparison, compareObjects } from '../compare/compare-objects.ts'
import { type GitSource, SourceError } from '../repositories/create-git-source.ts'
import { buildTree, imagesOf } from './build-tree.ts'
import { healthOf, resourceStatuses, syncStatusOf } from './describe-status.ts'
import { loadTargets, type Targets } from './load-targets.ts'
import { managedObjects, watchKinds } from './managed-objects.ts'

/** The last comparison of an application: its targets, or why there are none. */
export type Loaded = { source: string; targets: Targets } | { source: string; error: string }
export type Observation = { loaded: Loaded; comparisons: Comparison[]; images: string[] }

/** Loads the targets of an application, unless they are loaded. A failure of the source is a result. */
export async function load(
  deps: { git: GitSource; cluster: Cluster },
  application: Application,
  known: Loaded | undefined,
): Promise<Loaded> {
  const source = sourceText(application)
  const before =
    known !== undefined && known.source === source && 'targets' in known ? known.targets : undefined
  try {
    const { spec } = application
    const revision = spec.source.targetRevision ?? 'HEAD'
    return { source, targets: await loadTargets(deps, application, spec.source, revision, before) }
  } catch (error) {
    if (error instanceof SourceError) return { source, error: error.message }
    throw error
  }
}

/** Identifies the current source of an application: targets of another source are not used. */
export function sourceText({ spec }: Application): string {
  return JSON.stringify([spec.source, spec.destination])
}

/** Compares the targets with the cluster. */
export async function observe(
  cluster: Cluster,
  application: Application,
  loaded: Loaded,
): Promise<Observation> {
  const targets = 'targets' in loaded ? loaded.targets.objects : []
  await watchKinds(cluster, application, targets)
  const live = managedObjects(cluster, application, targets)
  const comparisons = compareObjects(targets, live, application.spec.ignoreDifferences).filter(
    ({ target, live: object }) => target !== null || !object?.metadata.ownerReferences?.length,
  )
  return { loaded, comparisons, images: imagesOf(buildTree(live, cluster.list())) }
}

/** Writes the result of a comparison into the status of an application. */
export function applyObservation(
  draft: Application,
  { loaded, comparisons, images }: Observation,
  now: Date,
): void {
  const { spec, status } = draft
  const at = now.toISOString()
  const resources = resourceStatuses(comparisons)
  const comparedTo = { source: spec.source, destination: spec.destination }
  if ('targets' in loaded) {
    status.sync = { status: syncStatusOf(comparisons), revision: loaded.targets.revision, comparedTo }
    status.resources = resources
    dropCondition(draft, 'ComparisonError')
  } else {
    // Without targets, the differences are unknown; the health of the live objects is still known.
    status.sync = { status: 'Unknown', revision: spec.source.targetRevision ?? 'HEAD', comparedTo }
    status.resources = resources.map(({ requiresPruning: _unknown, status: _too, ...rest }) => rest)
    setCondition(draft, { type: 'ComparisonError', message: loaded.error, lastTransitionTime: at })
  }
  status.health = nextHealth(status.health, healthOf(comparisons, resources), at)
  status.summary = images.length > 0 ? { images } : {}
  status.sourceType = 'Directory'
}

/** Adds a condition; an identical one keeps its time. */
export function setCondition({ status }: Application, condition: Condition): void {
  const known = status.conditions?.find(({ type }) => type === condition.type)
  if (known?.message === condition.message) return
  status.conditions = [...(status.conditions ?? []).filter(({ type }) => type !== condition.type), condition]
}

/** Removes a condition. */
export function dropCondition({ status }: Application, type: string): void {
  const rest = status.conditions?.filter(condition => condition.type !== type)
  if (rest?.length) status.conditions = rest
  else delete status.conditions
}

function nextHealth(before: Health, status: Health['status'], at: string): Health {
  return before.status === status && before.lastTransitionTime ? before : { status, lastTransitionTime: at }
}
