import { controllerReference } from '../../controllers/owners.ts'
import type { KubeObject } from '../../meta/kube-object.ts'
import type { ResourceKind } from '../../meta/resource-kind.ts'
import { clone } from '../../registry/clone.ts'
import type { Cluster } from '../../registry/cluster.ts'
import { pods } from './kind.ts'
import type { Pod } from './pod.ts'
import type { PodTemplate } from './pod-spec.ts'

type Wanted = {
  owner: KubeObject
  ownerKind: ResourceKind
  template: PodTemplate
  name?: string
  /** The prefix of a generated name; the name of the owner by default. */
  prefix?: string
  change?: (pod: PodDraft) => void
}
/** A pod before it is created; its owner may change it. */
export type PodDraft = {
  metadata: { labels?: Record<string, string>; annotations?: Record<string, string> }
  spec: PodTemplate['spec']
}

/** Creates a pod from the template of its owner, with a generated name by default. Throws StatusError. */
export function createPod(
  cluster: Cluster,
  { owner, ownerKind, template, name, prefix, change }: Wanted,
): Pod {
  const { labels, annotations } = template.metadata ?? {}
  const draft: PodDraft = clone({ metadata: { labels, annotations }, spec: template.spec })
  change?.(draft)
  return cluster.create(pods, {
    ...draft,
    metadata: {
      ...draft.metadata,
      ...(name ? { name } : { generateName: prefix ?? `${owner.metadata.name}-` }),
      namespace: owner.metadata.namespace,
      ownerReferences: [controllerReference(ownerKind, owner)],
    },
  })
}
