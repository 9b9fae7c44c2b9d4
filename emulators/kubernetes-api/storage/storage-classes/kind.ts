import { columnsOf } from '../../meta/columns.ts'
import { required } from '../../meta/field-error.ts'
import type { KubeObject } from '../../meta/kube-object.ts'
import type { ResourceKind } from '../../meta/resource-kind.ts'

export type StorageClass = KubeObject & {
  provisioner: string
  reclaimPolicy?: string
  volumeBindingMode?: string
  allowVolumeExpansion?: boolean
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
