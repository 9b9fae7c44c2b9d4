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
export function createClusterClient({ url, token }: { url: string; token: string }) {
  const request = async (
    method: string,
    path: string,
    body?: unknown,
    contentType = 'application/json',
  ): Promise<unknown> => {
    const response = await fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': contentType },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(15_000),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text.slice(0, 300)}`)
    return text === '' ? undefined : JSON.parse(text)
  }
  const deployments = (namespace: string) => `/apis/apps/v1/namespaces/${namespace}/deployments`
  return {
    create: (path: string, object: unknown) => request('POST', path, object),
    /** Sets the replica count, as `kubectl scale` does. */
    scale: (namespace: string, name: string, replicas: number) =>
      request(
        'PATCH',
        `${deployments(namespace)}/${name}/scale`,
        { spec: { replicas } },
        'application/merge-patch+json',
      ),
    /** Returns whether all these deployments exist, are rolled out and have all their replicas available. */
    async areAllAvailable(namespace: string, names: readonly string[]): Promise<boolean> {
      const { items } = DeploymentList.parse(await request('GET', deployments(namespace)))
      return names.every(name => items.some(item => item.metadata.name === name && isAvailable(item)))
    },
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
