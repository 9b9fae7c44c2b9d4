import { columnsOf } from './columns.ts'
import { required } from './fault.ts'
import type { KubeObject, LabelSelector } from './kube-object.ts'
import type { ResourceKind } from './resource-kind.ts'
import type { ObjectReference } from './services.ts'

export type StorageClass = KubeObject & {
  provisioner: string
  reclaimPolicy?: string
  volumeBindingMode?: string
  allowVolumeExpansion?: boolean
}
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
export type PersistentVolumeClaim = KubeObject & {
  spec: {
    accessModes?: string[]
    resources?: { requests?: Record<string, string> }
    storageClassName?: string
    volumeName?: string
    volumeMode?: string
    selector?: LabelSelector
  }
  status: { phase?: string; accessModes?: string[]; capacity?: Record<string, string> }
}

export const storageClasses: ResourceKind<StorageClass> = {
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'StorageClass',
  plural: 'storageclasses',
  singular: 'storageclass',
  shortNames: ['sc'],
  isNamespaced: false,
  model: 'V1StorageClass',
  columns: columnsOf([
    { name: 'Provisioner', read: ({ provisioner }) => provisioner },
    { name: 'ReclaimPolicy', read: ({ reclaimPolicy }) => reclaimPolicy ?? '' },
    { name: 'VolumeBindingMode', read: ({ volumeBindingMode }) => volumeBindingMode ?? '' },
    {
      name: 'AllowVolumeExpansion',
      read: ({ allowVolumeExpansion }) => String(allowVolumeExpansion ?? false),
    },
  ]),
  setDefaults(storageClass) {
    storageClass.reclaimPolicy ??= 'Delete'
    storageClass.volumeBindingMode ??= 'Immediate'
  },
  validate: ({ provisioner }) => (provisioner ? [] : [required('provisioner')]),
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
    { name: 'Access Modes', read: ({ spec }) => modesText(spec.accessModes) },
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

export const persistentVolumeClaims: ResourceKind<PersistentVolumeClaim> = {
  group: '',
  version: 'v1',
  kind: 'PersistentVolumeClaim',
  plural: 'persistentvolumeclaims',
  singular: 'persistentvolumeclaim',
  shortNames: ['pvc'],
  isNamespaced: true,
  subresources: ['status'],
  model: 'V1PersistentVolumeClaim',
  columns: columnsOf<PersistentVolumeClaim>([
    {
      name: 'Status',
      read: ({ status, metadata }) => (metadata.deletionTimestamp ? 'Terminating' : (status.phase ?? '')),
    },
    { name: 'Volume', read: ({ spec }) => spec.volumeName ?? '' },
    { name: 'Capacity', read: ({ status }) => status.capacity?.storage ?? '' },
    { name: 'Access Modes', read: ({ status }) => modesText(status.accessModes) },
    { name: 'StorageClass', read: ({ spec }) => spec.storageClassName ?? '' },
  ]),
  setDefaults(claim, previous) {
    if (!claim.spec) return
    claim.spec.volumeMode ??= 'Filesystem'
    if (!previous) claim.status = { phase: 'Pending' }
  },
  validate: ({ spec }) => [
    ...(spec?.accessModes?.length
      ? []
      : [required('spec.accessModes', 'at least 1 access mode is required')]),
    ...(spec?.resources?.requests?.storage ? [] : [required('spec.resources[storage]')]),
  ],
}

const MODES: Record<string, string> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
}

function modesText(modes: string[] = []): string {
  return modes.map(mode => MODES[mode] ?? mode).join(',')
}
