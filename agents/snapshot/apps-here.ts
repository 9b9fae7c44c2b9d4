import type { App } from './objects/delivery-app.ts'

/** What Argo CD calls the cluster in which it runs. */
const IN_CLUSTER = 'in-cluster'

/** Where an investigation takes place: its namespace, and the cluster that this Syntra serves, where the installation names it. */
type Place = { namespace: string | null; cluster: string | undefined }

/**
 * The applications that deploy to the cluster that is investigated. One deploy system may serve many clusters, in which namespaces
 * and workloads have the same names. The cluster is the one that the installation names, else that of the deploy system, else the only one
 * there is; with several and none of these, no application is known to be there.
 */
export function appsOfCluster(apps: App[], cluster: string | undefined): App[] {
  const known = new Set(apps.flatMap(app => app.cluster ?? []))
  const [first] = known
  const here = [cluster, IN_CLUSTER, known.size === 1 ? first : undefined].find(
    name => name !== undefined && known.has(name),
  )
  return apps.filter(app => app.cluster === null || app.cluster === here)
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
