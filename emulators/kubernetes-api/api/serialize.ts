import type { KubeObject } from '../meta/kube-object.ts'

// Stored objects are immutable, so each is serialised once for all lists and watches.
const texts = new WeakMap<KubeObject, string>()

/** Returns the JSON of an object. */
export function serialize(object: KubeObject): string {
  const { apiVersion, kind } = object
  const body = serializeItem(object)
  const head = `{"kind":${JSON.stringify(kind)},"apiVersion":${JSON.stringify(apiVersion)}`
  return body === '{}' ? `${head}}` : `${head},${body.slice(1)}`
}

/** Returns the JSON of an object in a list: without kind and apiVersion, which the API server omits there. */
export function serializeItem(object: KubeObject): string {
  const known = texts.get(object)
  if (known) return known
  const { apiVersion: _, kind: __, ...content } = object
  const text = JSON.stringify(content)
  texts.set(object, text)
  return text
}
