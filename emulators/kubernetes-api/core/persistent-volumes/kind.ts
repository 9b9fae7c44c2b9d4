import { columnsOf } from '../../meta/columns.ts'
import type { KubeObject, ObjectReference } from '../../meta/kube-object.ts'
import type { ResourceKind } from '../../meta/resource-kind.ts'

export type PersistentVolume = KubeObject & {
  spec: {
    capacity?: Record<string, string>
    accessModes?: string[]
    persistentVolumeReclaimPolicy?: string
    storageClassName?: string
    claimRef?: ObjectReference
    [source: string]: unknown
  }
  status: { phase?: string }
}

export const persistentVolumes: ResourceKind<PersistentVolume> = {
  group: '',
  version: 'v1',
  kind: 'PersistentVolume',
  plural: 'persistentvolumes',
  singular: 'persistentvolume',
  shortNames: ['pv'],
  isNamespaced: false,
  subresources: ['status'],
  model: 'V1PersistentVolume',
  columns: columnsOf<PersistentVolume>([
    { name: 'Capacity', read: ({ spec }) => spec.capacity?.storage ?? '' },
    { name: 'Access Modes', read: ({ spec }) => formatAccessModes(spec.accessModes) },
    { name: 'Reclaim Policy', read: ({ spec }) => spec.persistentVolumeReclaimPolicy ?? '' },
    { name: 'Status', read: ({ status }) => status.phase ?? '' },
    {
      name: 'Claim',
      read: ({ spec }) => (spec.claimRef ? `${spec.claimRef.namespace}/${spec.claimRef.name}` : ''),
    },
    { name: 'StorageClass', read: ({ spec }) => spec.storageClassName ?? '' },
  ]),
  setDefaults(volume, previous) {
    if (!volume.spec) return
    volume.spec.persistentVolumeReclaimPolicy ??= 'Retain'
    volume.spec.volumeMode ??= 'Filesystem'
    if (!previous) volume.status = { phase: volume.spec.claimRef ? 'Bound' : 'Available' }
  },
}

const MODES: Record<string, string> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
}

export function formatAccessModes(modes: string[] = []): string {
  return modes.map(mode => MODES[mode] ?? mode).join(',')
}
