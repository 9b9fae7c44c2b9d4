import { ExpectedError } from '@goalixa/chassis/errors'
import { createKubernetesClient } from '@goalixa/emulators-shared/kubernetes/create-kubernetes-client'
import { readKubeconfig } from '@goalixa/emulators-shared/kubernetes/read-kubeconfig'
import { z } from 'zod'

const Deployment = z.looseObject({
  metadata: z.looseObject({ name: z.string(), generation: z.number().default(0) }),
  spec: z.looseObject({ replicas: z.number().default(1) }),
  status: z.looseObject({
    observedGeneration: z.number().default(0),
    availableReplicas: z.number().default(0),
    updatedReplicas: z.number().default(0),
  }),
})
const DeploymentList = z.object({ items: z.array(Deployment) })

/**
 * Creates a client with the few calls that the sandbox itself makes to its cluster, over the public API. Throws with
 * the API's message.
 */
export function createClusterClient(kubeconfig: string) {
  const client = createKubernetesClient(readKubeconfig(kubeconfig), { userAgent: 'sandbox' })
  const deployments = (namespace: string) => `/apis/apps/v1/namespaces/${namespace}/deployments`
  return {
    create: (path: string, object: unknown) => client.request('POST', path, { body: object }),
    /** Sets the replica count, as `kubectl scale` does. */
    scale: (namespace: string, name: string, replicas: number) =>
      client.request('PATCH', `${deployments(namespace)}/${name}/scale`, {
        body: { spec: { replicas } },
        contentType: 'application/merge-patch+json',
      }),
    /** Returns whether all these deployments exist, are rolled out and have all their replicas available. */
    async areAllAvailable(namespace: string, names: readonly string[]): Promise<boolean> {
      const { items } = DeploymentList.parse(await client.request('GET', deployments(namespace)))
      return names.every(name => items.some(item => item.metadata.name === name && isAvailable(item)))
    },
    /** Deletes an object, and returns whether it is gone. */
    async remove(path: string): Promise<boolean> {
      const isMissing = (error: unknown) => error instanceof ExpectedError && error.kind === 'missing'
      return client.request('DELETE', path).then(
        () => false,
        error => {
          if (isMissing(error)) return true
          throw error
        },
      )
    },
    close: client.close,
  }
}
export type ClusterClient = ReturnType<typeof createClusterClient>

function isAvailable({ metadata, spec, status }: z.infer<typeof Deployment>): boolean {
  return (
    status.observedGeneration >= metadata.generation &&
    status.updatedReplicas >= spec.replicas &&
    status.availableReplicas >= spec.replicas
  )
}
