import { isRecord } from '@goalixa/chassis/is-record'
import type { KubernetesObject } from './kubernetes-object.ts'

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'
// What takes much room, and says nothing about a fault.
const BULK: Record<string, { spec?: string[]; status?: string[] }> = {
  Node: { status: ['images', 'volumesInUse', 'volumesAttached'] },
  Pod: { spec: ['tolerations'], status: ['hostIPs', 'podIPs'] },
}
const STATUSES = ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses']
const BULK_OF_STATUS = ['imageID', 'containerID', 'volumeMounts', 'allocatedResources', 'resources', 'user']

/** An object without what only takes room: kubectl's copy of it, the images of a node, the ids of containers. */
export function projectObject(object: KubernetesObject): KubernetesObject {
  const { spec, status } = BULK[object.kind] ?? {}
  const { [LAST_APPLIED]: copy, ...annotations } = object.metadata.annotations ?? {}
  return {
    ...object,
    ...(copy === undefined ? {} : { metadata: { ...object.metadata, annotations } }),
    ...(spec && isRecord(object.spec) ? { spec: omit(object.spec, spec) } : {}),
    ...(status && isRecord(object.status) ? { status: projectStatuses(omit(object.status, status)) } : {}),
  }
}

function projectStatuses(status: Record<string, unknown>): Record<string, unknown> {
  const projected = STATUSES.flatMap(name => {
    const list = status[name]
    if (!Array.isArray(list)) return []
    return [[name, list.map(entry => (isRecord(entry) ? omit(entry, BULK_OF_STATUS) : entry))]]
  })
  return { ...status, ...Object.fromEntries(projected) }
}

function omit(record: Record<string, unknown>, names: string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name)))
}
