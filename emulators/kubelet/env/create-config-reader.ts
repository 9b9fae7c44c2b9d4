import { ExpectedError } from '@goalixa/chassis/errors'
import type { KubernetesClient } from '@goalixa/emulators-shared/kubernetes/create-kubernetes-client'
import type { ConfigMap, Secret } from '@goalixa/emulators-shared/kubernetes/objects'

/** The entries of a ConfigMap or Secret, decoded. */
export type Entries = Map<string, Buffer>
export type ConfigKind = 'configmap' | 'secret'

/**
 * Reads ConfigMaps and Secrets of one namespace. Throws `missing` with the kubelet's message, `configmap "x" not
 * found`; with `isOptional`, a missing object is undefined.
 */
export function createConfigReader({ client }: { client: KubernetesClient }) {
  return async function read(
    kind: ConfigKind,
    namespace: string,
    name: string,
    isOptional = false,
  ): Promise<Entries | undefined> {
    try {
      const path = `/api/v1/namespaces/${namespace}/${kind}s/${encodeURIComponent(name)}`
      if (kind === 'secret') return ofSecret(await client.request<Secret>('GET', path))
      return ofConfigMap(await client.request<ConfigMap>('GET', path))
    } catch (error) {
      if (!(error instanceof ExpectedError) || error.kind !== 'missing') throw error
      if (isOptional) return undefined
      throw new ExpectedError('missing', 'CONFIG_NOT_FOUND', `${kind} "${name}" not found`, { cause: error })
    }
  }
}
export type ConfigReader = ReturnType<typeof createConfigReader>

function ofConfigMap({ data = {}, binaryData = {} }: ConfigMap): Entries {
  return new Map([
    ...Object.entries(data).map(([key, text]) => [key, Buffer.from(text)] as const),
    ...Object.entries(binaryData).map(([key, text]) => [key, Buffer.from(text, 'base64')] as const),
  ])
}

function ofSecret({ data = {} }: Secret): Entries {
  return new Map(Object.entries(data).map(([key, text]) => [key, Buffer.from(text, 'base64')]))
}
