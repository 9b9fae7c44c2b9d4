import { ExpectedError } from '@goalixa/chassis/errors'
import type { KubernetesClient } from '@goalixa/emulators-shared/kubernetes/create-kubernetes-client'
import { z } from 'zod'

const ResourceList = z.looseObject({
  resources: z.array(z.looseObject({ name: z.string(), kind: z.string(), namespaced: z.boolean() })),
})

/** Resolves the API paths of kinds through discovery. */
export function createKinds(client: KubernetesClient) {
  const groups = new Map<string, Promise<z.infer<typeof ResourceList>>>()

  function discover(apiVersion: string) {
    const known = groups.get(apiVersion)
    if (known) return known
    const path = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
    const requested = client.request('GET', path).then(body => ResourceList.parse(body))
    groups.set(apiVersion, requested)
    // A failure is not cached: the server may be starting, or the kind may be installed later.
    requested.catch(() => groups.delete(apiVersion))
    return requested
  }

  return {
    /**
     * Returns the path of the collection (in the namespace, for a namespaced kind). Throws ExpectedError `missing` for
     * an unknown kind.
     */
    async find(
      apiVersion: string,
      kind: string,
      namespace = '',
    ): Promise<{ path: string; isNamespaced: boolean }> {
      const { resources } = await discover(apiVersion).catch(error => {
        if (error instanceof ExpectedError && error.kind === 'missing') return { resources: [] }
        throw error
      })
      const resource = resources.find(each => each.kind === kind && !each.name.includes('/'))
      if (!resource)
        throw new ExpectedError(
          'missing',
          'NO_SUCH_KIND',
          `The Kubernetes API could not find ${apiVersion}/${kind}`,
        )
      const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
      const scope =
        resource.namespaced && namespace !== '' ? `/namespaces/${encodeURIComponent(namespace)}` : ''
      return { path: `${root}${scope}/${resource.name}`, isNamespaced: resource.namespaced }
    },
  }
}
