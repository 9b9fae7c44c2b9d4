import {
  type Context,
  keyOf,
  on,
  parseKey,
  type Running,
  runController,
} from '../../controllers/controller.ts'
import { quantityOr0 } from '../../meta/quantity.ts'
import { type StorageClass, storageClasses } from '../../storage/storage-classes/kind.ts'
import { type PersistentVolume, persistentVolumes } from '../persistent-volumes/kind.ts'
import { type PersistentVolumeClaim, persistentVolumeClaims } from './kind.ts'

const DEFAULT_CLASS = 'storageclass.kubernetes.io/is-default-class'

/**
 * Binds claims to matching volumes, or provisions a volume if there is a storage class; records an event if neither is
 * possible.
 */
export function runVolumeController(context: Context): Running {
  const { cluster } = context
  const pending = () =>
    cluster
      .list(persistentVolumeClaims)
      .filter(claim => claim.status.phase === 'Pending')
      .map(keyOf)
  return runController({
    name: 'volume',
    context,
    interests: [
      on(persistentVolumeClaims, claim => [keyOf(claim)]),
      on(persistentVolumes, pending),
      on(storageClasses, pending),
    ],
    reconcile: key => reconcile(context, key),
  })
}

function reconcile(context: Context, key: string) {
  const { cluster, recordEvent } = context
  const { namespace, name } = parseKey(key)
  const claim = cluster.find(persistentVolumeClaims, namespace, name)
  if (!claim) return releaseVolumes(context, namespace, name)
  if (claim.status.phase === 'Bound' || claim.metadata.deletionTimestamp) return
  const volume = cluster.list(persistentVolumes).find(candidate => fits(candidate, claim))
  if (volume) return bind(context, claim, volume)
  const className = claim.spec.storageClassName ?? defaultClass(cluster.list(storageClasses))?.metadata.name
  if (!className)
    return recordEvent(
      claim,
      'Normal',
      'FailedBinding',
      'no persistent volumes available for this claim and no storage class is set',
    )
  const storageClass = cluster.find(storageClasses, undefined, className)
  if (!storageClass)
    return recordEvent(
      claim,
      'Warning',
      'ProvisioningFailed',
      `storageclass.storage.k8s.io "${className}" not found`,
    )
  if (storageClass.provisioner === 'kubernetes.io/no-provisioner') return
  bind(context, claim, provision(context, claim, storageClass))
  recordEvent(
    claim,
    'Normal',
    'ProvisioningSucceeded',
    `Successfully provisioned volume pvc-${claim.metadata.uid}`,
  )
}

function defaultClass(classes: StorageClass[]): StorageClass | undefined {
  return classes.find(candidate => candidate.metadata.annotations?.[DEFAULT_CLASS] === 'true')
}

function fits({ spec, status, metadata }: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  if (spec.claimRef)
    return (
      spec.claimRef.name === claim.metadata.name &&
      spec.claimRef.namespace === claim.metadata.namespace &&
      status.phase !== 'Released'
    )
  if (status.phase !== 'Available' || (claim.spec.volumeName && claim.spec.volumeName !== metadata.name))
    return false
  const isLargeEnough =
    quantityOr0(spec.capacity?.storage) >= quantityOr0(claim.spec.resources?.requests?.storage)
  const hasModes = (claim.spec.accessModes ?? []).every(mode => spec.accessModes?.includes(mode))
  return isLargeEnough && hasModes && (spec.storageClassName ?? '') === (claim.spec.storageClassName ?? '')
}

function provision(
  { cluster }: Context,
  { metadata, spec }: PersistentVolumeClaim,
  { metadata: named, reclaimPolicy }: StorageClass,
): PersistentVolume {
  return cluster.create(persistentVolumes, {
    metadata: { name: `pvc-${metadata.uid}` },
    spec: {
      capacity: { storage: spec.resources?.requests?.storage ?? '1Gi' },
      accessModes: spec.accessModes,
      persistentVolumeReclaimPolicy: reclaimPolicy,
      storageClassName: named.name,
      hostPath: { path: `/var/lib/volumes/${metadata.uid}` },
    },
  })
}

function bind({ cluster }: Context, claim: PersistentVolumeClaim, volume: PersistentVolume) {
  const { name, namespace, uid } = claim.metadata
  cluster.mutate(persistentVolumes, volume, draft => {
    draft.spec.claimRef = { kind: 'PersistentVolumeClaim', apiVersion: 'v1', name, namespace, uid }
  })
  cluster.mutate(
    persistentVolumes,
    volume,
    draft => {
      draft.status.phase = 'Bound'
    },
    { subresource: 'status' },
  )
  cluster.mutate(persistentVolumeClaims, claim, draft => {
    draft.spec.volumeName = volume.metadata.name
    draft.spec.storageClassName ??= volume.spec.storageClassName
  })
  cluster.mutate(
    persistentVolumeClaims,
    claim,
    draft => {
      draft.status = { phase: 'Bound', accessModes: volume.spec.accessModes, capacity: volume.spec.capacity }
    },
    { subresource: 'status' },
  )
}

function releaseVolumes({ cluster }: Context, namespace: string, name: string) {
  for (const volume of cluster.list(persistentVolumes)) {
    const { claimRef, persistentVolumeReclaimPolicy } = volume.spec
    if (claimRef?.name !== name || claimRef.namespace !== namespace || volume.status.phase !== 'Bound')
      continue
    if (persistentVolumeReclaimPolicy === 'Delete')
      cluster.remove(persistentVolumes, undefined, volume.metadata.name)
    else
      cluster.mutate(
        persistentVolumes,
        volume,
        draft => {
          draft.status.phase = 'Released'
        },
        { subresource: 'status' },
      )
  }
}
