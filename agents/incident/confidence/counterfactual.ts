import { indexSnapshot, type SnapshotView } from '../../snapshot/index-snapshot.ts'
import { recordAt, stringMapAt } from '../../snapshot/objects/json-path.ts'
import type { KubernetesObject, Snapshot } from '../../snapshot/snapshot.ts'
import { cardOf } from '../analysers/registry.ts'
import { runAnalysers } from '../analysers/run-analysers.ts'
import { findSyncOfRollout } from '../causality/sync-of-rollout.ts'
import type { Finding } from '../finding.ts'

/** Whether the finding persists without the change, with the evidence of both. */
export type Counterfactual = { persists: boolean; evidence: string[] }

/**
 * Runs the analysers again over the same snapshot, in which the suspected object is as it was before the change: does the
 * finding persist? Null where that state cannot be restored from what was read, and where the analyser would have nothing
 * left to examine, because then its silence would prove nothing.
 */
export function runCounterfactual(
  view: SnapshotView,
  root: Finding,
  change: Snapshot['changes'][number],
): Counterfactual | null {
  if (!isReplayable(view, root)) return null
  const past =
    change.kind === 'rollout' ? removeRevision(view, change) : restoreTargetPort(view, root, change)
  if (past === null) return null
  const persists = runAnalysers(indexSnapshot(past)).some(
    finding => finding.code === root.code && finding.subject.name === root.subject.name,
  )
  return {
    persists,
    evidence: [...new Set([...root.evidence, ...change.evidence])],
  }
}

function isReplayable(view: SnapshotView, root: Finding): boolean {
  const { replay } = cardOf(root.code)
  if (replay !== 'beside-old-pods') return replay === 'always'
  const workload = view.workloadNamed(root.subject.name)
  if (workload === undefined) return false
  const [newest] = view.revisionsOf(workload)
  return view.livePodsOf(workload).some(pod => pod.revision !== newest?.hash)
}

/** The snapshot without the new revision: its pods are removed, and the workload has its previous template. */
function removeRevision(view: SnapshotView, change: Snapshot['changes'][number]): Snapshot | null {
  const workload = view.workloadNamed(change.subject.name)
  if (workload === undefined) return null
  const revisions = view.revisionsOf(workload)
  const old = revisions.find(revision => String(revision.number) === change.from)
  const bad = revisions.find(revision => String(revision.number) === change.to)
  if (old === undefined || bad === undefined) return null
  const objects = view.snapshot.objects.flatMap(located => {
    const { object } = located
    const isNewPod =
      object.kind === 'Pod' && stringMapAt(object, 'metadata.labels')['pod-template-hash'] === bad.hash
    if (isNewPod || (object.kind === 'ReplicaSet' && object.metadata.name === bad.replicaSet)) return []
    if (object.kind !== workload.kind || object.metadata.name !== workload.name) return [located]
    return [
      { ...located, object: { ...object, spec: { ...recordAt(object, 'spec'), template: old.template } } },
    ]
  })
  const sync = findSyncOfRollout(view, change)
  return {
    ...view.snapshot,
    objects,
    changes: view.snapshot.changes.filter(other => other !== change && other !== sync),
  }
}

/** The snapshot with the target port that a commit removed from the suspected Service; null where it removed none. */
function restoreTargetPort(
  view: SnapshotView,
  root: Finding,
  change: Snapshot['changes'][number],
): Snapshot | null {
  const before = change.diff.map(part => (typeof part.before === 'string' ? part.before : '')).join('\n')
  const port = before.match(/targetPort:\s*["']?([\w-]+)/)?.[1]
  if (root.subject.kind !== 'Service' || port === undefined) return null
  const objects = view.snapshot.objects.map(located =>
    located.object.kind === 'Service' && located.object.metadata.name === root.subject.name
      ? { ...located, object: setTargetPort(located.object, port) }
      : located,
  )
  return { ...view.snapshot, objects }
}

function setTargetPort(service: KubernetesObject, port: string): KubernetesObject {
  const spec = recordAt(service, 'spec')
  const ports = Array.isArray(spec.ports) ? spec.ports : []
  const targetPort = /^\d+$/.test(port) ? Number(port) : port
  return { ...service, spec: { ...spec, ports: ports.map(port => ({ ...port, targetPort })) } }
}
