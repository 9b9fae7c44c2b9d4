import { type App, appOf } from './objects/delivery-app.ts'
import { listAt } from './objects/json-path.ts'
import type { ReadEvidence } from './snapshot.ts'

/** What Argo CD calls the cluster in which it runs. */
const IN_CLUSTER = 'in-cluster'

/** Where an investigation takes place: its namespace, and the cluster that this Syntra serves, where the installation names it. */
type Place = { namespace: string | null; cluster: string | undefined }

/** The applications of every cluster that were read. */
export function listApps(reads: ReadEvidence['reads']): App[] {
  const all = reads.find(read => read.tool === 'delivery_list_apps')
  const single = reads.filter(read => read.tool === 'delivery_get_app')
  const listed = listAt(all?.result, 'apps').flatMap(app => appOf(all?.evidence ?? '', app) ?? [])
  const clusters = new Map(listed.map(app => [app.name, app.cluster]))
  const read = [
    ...single
      .flatMap(read => appOf(read.evidence, read.result) ?? [])
      .map(app => ({ ...app, cluster: clusters.get(app.name) ?? app.cluster })),
    ...listed,
  ]
  // A read of one application has more fields than its entry in the list, and is later; but only the list has the names of clusters.
  return read.filter((app, index) => read.findIndex(other => other.name === app.name) === index)
}

/**
 * The applications that deploy to the cluster that is investigated. One deploy system may serve many clusters, in which namespaces
 * and workloads have the same names. The cluster is the one that the installation names; if it names none, that of the deploy system;
 * else the only one there is. With several of which none is it, no application is known to be there: see `unplacedApps`.
 */
export function appsOfCluster(apps: App[], cluster: string | undefined): App[] {
  const here = findCluster(apps, cluster)
  return apps.filter(app => app.cluster === null || app.cluster === here)
}

/** The applications of which none is taken, because the deploy system knows several clusters and none as the one that is investigated. */
export function unplacedApps(apps: App[], cluster: string | undefined): App[] {
  return findCluster(apps, cluster) === undefined ? apps.filter(app => app.cluster !== null) : []
}

// What the deploy system calls the cluster. One that the installation names is never taken for the deploy system's own: that may be a hub.
function findCluster(apps: App[], cluster: string | undefined): string | undefined {
  const known = new Set(apps.flatMap(app => app.cluster ?? []))
  if (known.size < 2) return [...known][0]
  const name = cluster ?? IN_CLUSTER
  return known.has(name) ? name : undefined
}

/** Those of them that deploy into the namespace that is investigated: a failure of any other is not part of its incident. */
export function appsOfNamespace(apps: App[], { namespace, cluster }: Place): App[] {
  return appsOfCluster(apps, cluster).filter(
    app =>
      namespace !== null &&
      (app.namespace === namespace || app.resources.some(resource => resource.namespace === namespace)),
  )
}

/** Whether an object that an application lists is in the namespace that is investigated; one without a namespace may be. */
export function isIn(namespace: string | null, resource: { namespace: string | null }): boolean {
  return namespace === null || resource.namespace === null || resource.namespace === namespace
}
