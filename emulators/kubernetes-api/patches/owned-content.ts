import type { KubeObject } from '../meta/kube-object.ts'

/**
 * Returns the fields of an object that field managers can own: everything except its identity and the fields set by the
 * server.
 */
export function ownedContent({
  metadata,
  apiVersion: _,
  kind: __,
  ...content
}: KubeObject): Record<string, unknown> {
  const { labels, annotations, finalizers, ownerReferences } = metadata
  const stated = Object.entries({ labels, annotations, finalizers, ownerReferences }).filter(
    ([, value]) => value !== undefined,
  )
  return { ...content, ...(stated.length > 0 ? { metadata: Object.fromEntries(stated) } : {}) }
}
