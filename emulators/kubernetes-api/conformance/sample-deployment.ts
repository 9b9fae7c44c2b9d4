import type { Api } from './connect.ts'
import type { Json } from './json.ts'

export const MERGE = { type: 'application/merge-patch+json' }
export const STRATEGIC = { type: 'application/strategic-merge-patch+json' }
/** An image that any cluster can pull and that keeps running. */
export const IMAGE = 'registry.k8s.io/pause:3.9'
export const BROKEN = 'registry.k8s.io/pause:broken'

/** Returns a deployment of three small web pods, with changes to its spec. */
export function deployment(name: string, spec: Json = {}, image = IMAGE) {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          terminationGracePeriodSeconds: 1,
          containers: [{ name: 'web', image, ports: [{ name: 'http', containerPort: 8080 }] }],
        },
      },
      ...spec,
    },
  }
}

/** Returns the path of a deployment in the test's namespace. */
export function pathOf(api: Api, name: string): string {
  return api.apps(`deployments/${name}`)
}

/** Lists the replica sets of a deployment, by its label. */
export async function setsOf(api: Api, name: string): Promise<Json[]> {
  return (await api.request('GET', api.apps(`replicasets?labelSelector=app%3D${name}`))).body.items
}

/** Returns the condition of an object by type, if it has one. */
export function conditionOf(object: Json, type: string): Json | undefined {
  return object.status.conditions?.find((condition: Json) => condition.type === type)
}

/** Returns whether a rollout is complete: all pods are of the newest revision, and available. */
export function isRolledOut({ metadata, spec, status }: Json): boolean {
  return (
    status.observedGeneration >= metadata.generation &&
    status.updatedReplicas === spec.replicas &&
    status.availableReplicas === spec.replicas &&
    status.replicas === spec.replicas
  )
}
