import type { FieldType } from '../registry/schema.ts'

/**
 * How lists merge, by the model of their items: the patch merge key, and the keys of server-side apply. Source: the
 * patchMergeKey and listMapKey tags of k8s.io/api. A list that is not in the table is replaced as a whole.
 */
const KEYS: Record<string, string[]> = {
  V1Container: ['name'],
  V1EphemeralContainer: ['name'],
  V1EnvVar: ['name'],
  V1ContainerPort: ['containerPort', 'protocol'],
  V1ServicePort: ['port', 'protocol'],
  V1Volume: ['name'],
  V1VolumeMount: ['mountPath'],
  V1VolumeDevice: ['devicePath'],
  V1HostAlias: ['ip'],
  V1LocalObjectReference: ['name'],
  V1ObjectReference: ['name'],
  V1TopologySpreadConstraint: ['topologyKey', 'whenUnsatisfiable'],
  V1OwnerReference: ['uid'],
  V1NodeAddress: ['type'],
  V1PodIP: ['ip'],
  V1ResourceClaim: ['name'],
}

/** Fields whose items are a set of plain values. */
const SETS = new Set(['finalizers', 'podCIDRs'])

/** Returns the keys that identify items of a list; empty if the list is replaced as a whole. */
export function listKeysOf(type: FieldType | undefined): string[] {
  if (type?.is !== 'list' || type.of.is !== 'model') return []
  if (type.of.model.endsWith('Condition')) return ['type']
  return KEYS[type.of.model] ?? []
}

/** Returns whether a field holds a set of plain values. */
export function isSet(field: string): boolean {
  return SETS.has(field)
}
