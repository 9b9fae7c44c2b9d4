import { columnsOf } from '../../meta/columns.ts'
import { required } from '../../meta/field-error.ts'
import type { KubeObject, LabelSelector } from '../../meta/kube-object.ts'
import type { ResourceKind } from '../../meta/resource-kind.ts'
import { formatAccessModes } from '../persistent-volumes/kind.ts'

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
    { name: 'Access Modes', read: ({ status }) => formatAccessModes(status.accessModes) },
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
