import type { KubeObject } from '../meta/kube-object.ts'

/** What field managers can own of an object: everything except its identity and what the server sets. */
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
