import type { KubernetesObject } from './kubernetes-object.ts'

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

/** A Secret with its keys only: each value becomes null, and the copy that kubectl keeps in an annotation is dropped. */
export function stripSecretData(object: KubernetesObject): KubernetesObject {
  if (object.kind !== 'Secret') return object
  const { [LAST_APPLIED]: _, ...annotations } = object.metadata.annotations ?? {}
  const { data, stringData, ...rest } = object
  return {
    ...rest,
    metadata: { ...object.metadata, annotations },
    ...(data ? { data: keysOf(data) } : {}),
    ...(stringData ? { stringData: keysOf(stringData) } : {}),
  }
}

function keysOf(data: unknown): Record<string, null> {
  return Object.fromEntries(Object.keys(data ?? {}).map(key => [key, null]))
}
