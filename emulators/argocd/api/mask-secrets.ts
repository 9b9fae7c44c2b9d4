import type { KubeObject } from '../cluster/kube-object.ts'
import { LAST_APPLIED } from '../compare/annotations.ts'

/** Masks the values of Secrets; among the given objects, equal values stay equal and different ones different. */
export function maskSecrets(objects: (KubeObject | null)[]): (KubeObject | null)[] {
  const masks = new Map<string, string>()
  const maskOf = (value: unknown): string => {
    const text = String(value)
    const mask = masks.get(text) ?? '+'.repeat(8 + masks.size)
    masks.set(text, mask)
    return mask
  }
  return objects.map(object => (object?.kind === 'Secret' ? masked(object, maskOf) : object))
}

function masked(secret: KubeObject, maskOf: (value: unknown) => string): KubeObject {
  const data = Object.entries((secret.data ?? {}) as object).map(([name, value]) => [name, maskOf(value)])
  const { [LAST_APPLIED]: _applied, ...annotations } = secret.metadata.annotations ?? {}
  return { ...secret, data: Object.fromEntries(data), metadata: { ...secret.metadata, annotations } }
}
