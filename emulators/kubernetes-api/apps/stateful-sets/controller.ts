import {
  type Context,
  keyOf,
  on,
  parseKey,
  type Running,
  runController,
} from '../../controllers/controller.ts'
import { claim, ownerKeys } from '../../controllers/owners.ts'
import { persistentVolumeClaims } from '../../core/persistent-volume-claims/kind.ts'
import { createPod } from '../../core/pods/create-pod.ts'
import { pods } from '../../core/pods/kind.ts'
import type { Pod } from '../../core/pods/pod.ts'
import { isPodReady, msUntilAvailable } from '../../core/pods/readiness.ts'
import type { ResourceKind } from '../../meta/resource-kind.ts'
import { StatusError } from '../../registry/status-error.ts'
import { currentRevision, REVISION_LABEL as REVISION } from '../controller-revisions/current-revision.ts'
import { statefulSets } from './kind.ts'
import type { StatefulSet } from './stateful-set.ts'

/** Runs numbered pods in order: created from 0 upwards, deleted and updated from the highest downwards. */
export function runStatefulSetController(context: Context): Running {
  const owner = statefulSets as ResourceKind
  return runController({
    name: 'statefulset',
    context,
    interests: [on(statefulSets, set => [keyOf(set)]), on(pods, pod => ownerKeys(owner, pod))],
    reconcile: key => reconcile(context, key),
  })
}

function reconcile(context: Context, key: string) {
  const { cluster } = context
  const { namespace, name } = parseKey(key)
  const set = cluster.find(statefulSets, namespace, name)
  if (!set || set.metadata.deletionTimestamp) return
  const mine = () =>
    claim(cluster, pods, { kind: statefulSets as ResourceKind, object: set, selector: set.spec.selector })
  const present = mine()
  const isInUse = (name: string) => present.some(pod => pod.metadata.labels?.[REVISION] === name)
  const { metadata } = currentRevision(cluster, statefulSets as ResourceKind, set, candidate =>
    isInUse(candidate.metadata.name),
  )
  const revision = metadata.name
  step(context, set, present, revision)
  writeStatus(context, set, mine(), revision)
}

/** Takes the next permitted step; OrderedReady waits for each pod before it continues. */
function step(context: Context, set: StatefulSet, present: Pod[], revision: string) {
  const isParallel = set.spec.podManagementPolicy === 'Parallel'
  const byOrdinal = new Map(present.map(pod => [ordinalOf(pod), pod]))
  for (let ordinal = 0; ordinal < set.spec.replicas; ordinal++) {
    const pod = byOrdinal.get(ordinal)
    if (!pod) addPod(context, set, ordinal, revision)
    else if (pod.status.phase === 'Failed' || pod.status.phase === 'Succeeded') removePod(context, set, pod)
    if (
      (!pod || pod.metadata.deletionTimestamp || !isPodReady(pod)) &&
      !isParallel &&
      !isBrokenOld(set, pod, revision)
    )
      return
  }
  const surplus = present
    .filter(pod => ordinalOf(pod) >= set.spec.replicas)
    .toSorted((a, b) => ordinalOf(b) - ordinalOf(a))
  for (const pod of surplus) {
    if (!pod.metadata.deletionTimestamp) removePod(context, set, pod)
    if (!isParallel) return
  }
  if (set.spec.updateStrategy.type === 'RollingUpdate') update(context, set, byOrdinal, revision)
}

// An old pod that never becomes ready must not block the revision that may fix it.
function isBrokenOld(set: StatefulSet, pod: Pod | undefined, revision: string): boolean {
  return (
    pod !== undefined &&
    !pod.metadata.deletionTimestamp &&
    pod.metadata.labels?.[REVISION] !== revision &&
    set.spec.updateStrategy.type === 'RollingUpdate'
  )
}

function update(context: Context, set: StatefulSet, byOrdinal: Map<number, Pod>, revision: string) {
  const partition = set.spec.updateStrategy.rollingUpdate?.partition ?? 0
  for (let ordinal = set.spec.replicas - 1; ordinal >= partition; ordinal--) {
    const pod = byOrdinal.get(ordinal)
    if (!pod || pod.metadata.deletionTimestamp) return
    if (pod.metadata.labels?.[REVISION] !== revision) return removePod(context, set, pod)
    if (!isPodReady(pod)) return
  }
}

function addPod({ cluster, recordEvent }: Context, set: StatefulSet, ordinal: number, revision: string) {
  const { name, namespace } = set.metadata
  const podName = `${name}-${ordinal}`
  const claims = set.spec.volumeClaimTemplates ?? []
  try {
    for (const template of claims) {
      const claimName = `${template.metadata.name}-${podName}`
      if (!cluster.find(persistentVolumeClaims, namespace, claimName))
        cluster.create(persistentVolumeClaims, {
          metadata: { name: claimName, namespace, labels: set.spec.selector.matchLabels },
          spec: template.spec,
        })
    }
    createPod(cluster, {
      owner: set,
      ownerKind: statefulSets as ResourceKind,
      template: set.spec.template,
      name: podName,
      change(pod) {
        pod.metadata.labels = {
          ...pod.metadata.labels,
          'statefulset.kubernetes.io/pod-name': podName,
          'apps.kubernetes.io/pod-index': String(ordinal),
          [REVISION]: revision,
        }
        pod.spec.hostname = podName
        pod.spec.subdomain = set.spec.serviceName
        const others = (pod.spec.volumes ?? []).filter(
          volume => !claims.some(claim => claim.metadata.name === volume.name),
        )
        const volumes = claims.map(claim => ({
          name: claim.metadata.name,
          persistentVolumeClaim: { claimName: `${claim.metadata.name}-${podName}` },
        }))
        if (others.length + volumes.length > 0) pod.spec.volumes = [...others, ...volumes]
      },
    })
    recordEvent(set, 'Normal', 'SuccessfulCreate', `create Pod ${podName} in StatefulSet ${name} successful`)
  } catch (error) {
    if (error instanceof StatusError)
      recordEvent(
        set,
        'Warning',
        'FailedCreate',
        `create Pod ${podName} in StatefulSet ${name} failed error: ${error.message}`,
      )
    throw error
  }
}

function removePod({ cluster, recordEvent }: Context, set: StatefulSet, pod: Pod) {
  cluster.remove(pods, pod.metadata.namespace, pod.metadata.name)
  recordEvent(
    set,
    'Normal',
    'SuccessfulDelete',
    `delete Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name} successful`,
  )
}

function ordinalOf({ metadata }: Pod): number {
  return Number(/-(\d+)$/.exec(metadata.name)?.[1] ?? -1)
}

function writeStatus({ cluster }: Context, set: StatefulSet, present: Pod[], revision: string) {
  const stored = cluster.find(statefulSets, set.metadata.namespace, set.metadata.name)
  if (!stored) return
  const now = cluster.now()
  const updated = present.filter(pod => pod.metadata.labels?.[REVISION] === revision)
  const isDone = updated.length === set.spec.replicas && updated.every(isPodReady)
  const currentRevision = isDone ? revision : (stored.status.currentRevision ?? revision)
  cluster.mutate(
    statefulSets,
    stored,
    draft => {
      draft.status = {
        ...draft.status,
        observedGeneration: set.metadata.generation,
        replicas: present.length,
        readyReplicas: present.filter(isPodReady).length,
        availableReplicas: present.filter(
          pod => msUntilAvailable(pod, set.spec.minReadySeconds ?? 0, now) === 0,
        ).length,
        currentReplicas: present.filter(pod => pod.metadata.labels?.[REVISION] === currentRevision).length,
        updatedReplicas: updated.length,
        currentRevision,
        updateRevision: revision,
        collisionCount: 0,
      }
    },
    { subresource: 'status' },
  )
}
