import { ExpectedError } from '@goalixa/chassis/errors'
import type { KubernetesClient } from '@goalixa/emulators-shared/kubernetes/create-kubernetes-client'
import type { OnWire, Pod, Volume } from '@goalixa/emulators-shared/kubernetes/objects'
import type { V1KeyToPath, V1VolumeProjection } from '@kubernetes/client-node'
import type { ConfigKind, ConfigReader } from '../env/create-config-reader.ts'
import { readField } from '../env/read-field.ts'

export type VolumeFiles = Map<string, Buffer | string>
export type ReadVolume = (volume: Volume) => Promise<{ files: VolumeFiles; mode: number }>

type Options = {
  client: KubernetesClient
  read: ConfigReader
  pod: Pod
  addresses: { podIp: string; hostIp: string }
}

/** Reads the content of a pod's volume: emptyDir, configMap, secret, downwardAPI or projected. */
export function createVolumeReader({ client, read, pod, addresses }: Options): ReadVolume {
  const { namespace } = pod.metadata

  async function projected(source: OnWire<V1VolumeProjection>): Promise<VolumeFiles> {
    const { configMap, secret, downwardAPI, serviceAccountToken } = source
    if (configMap) return configured('configmap', configMap)
    if (secret) return configured('secret', secret)
    if (downwardAPI) return downward(downwardAPI.items)
    if (serviceAccountToken) return new Map([[serviceAccountToken.path, await token(serviceAccountToken)]])
    return new Map()
  }

  async function configured(
    kind: ConfigKind,
    source: { name?: string; items?: OnWire<V1KeyToPath>[]; optional?: boolean },
  ) {
    const entries = await read(kind, namespace, source.name ?? '', source.optional)
    if (!source.items) return new Map(entries ?? [])
    return new Map(
      source.items.flatMap(({ key, path }) => {
        const value = entries?.get(key)
        if (value === undefined && !source.optional)
          throw new ExpectedError(
            'missing',
            'CONFIG_KEY_NOT_FOUND',
            `references non-existent config key: ${key}`,
          )
        return value === undefined ? [] : [[path, value] as const]
      }),
    )
  }

  function downward(items: { path: string; fieldRef?: { fieldPath: string } }[] = []): VolumeFiles {
    return new Map(
      items.map(({ path, fieldRef }) => [path, readField(fieldRef?.fieldPath ?? '', pod, addresses) ?? '']),
    )
  }

  // The TokenRequest API: https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-request-v1/
  async function token({
    audience,
    expirationSeconds = 3_600,
  }: {
    audience?: string
    expirationSeconds?: number
  }) {
    const account = pod.spec.serviceAccountName ?? 'default'
    const answer = await client.request<{ status: { token: string } }>(
      'POST',
      `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`,
      {
        body: {
          apiVersion: 'authentication.k8s.io/v1',
          kind: 'TokenRequest',
          spec: {
            audiences: audience ? [audience] : [],
            expirationSeconds,
            boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: pod.metadata.name, uid: pod.metadata.uid },
          },
        },
      },
    )
    return answer.status.token
  }

  return async volume => {
    if (volume.emptyDir) return { files: new Map(), mode: 0o644 }
    if (volume.configMap)
      return {
        files: await configured('configmap', volume.configMap),
        mode: volume.configMap.defaultMode ?? 0o644,
      }
    if (volume.secret) {
      const { secretName, ...source } = volume.secret
      return {
        files: await configured('secret', { ...source, name: secretName }),
        mode: source.defaultMode ?? 0o644,
      }
    }
    if (volume.downwardAPI) return { files: downward(volume.downwardAPI.items), mode: 0o644 }
    if (volume.projected) {
      const parts = await Promise.all((volume.projected.sources ?? []).map(projected))
      return { files: new Map(parts.flatMap(part => [...part])), mode: volume.projected.defaultMode ?? 0o644 }
    }
    const kind = Object.keys(volume).find(key => key !== 'name') ?? 'unknown'
    throw new ExpectedError(
      'invalid',
      'UNSUPPORTED_VOLUME',
      `${kind} volumes are not supported by this emulator`,
    )
  }
}
