import { indexSnapshot, type SnapshotView } from '../../snapshot/index-snapshot.ts'
import { recordAt, stringMapAt } from '../../snapshot/objects/json-path.ts'
import type { KubernetesObject, Snapshot } from '../../snapshot/snapshot.ts'
import { cardOf } from '../analysers/registry.ts'
import { runAnalysers } from '../analysers/run-analysers.ts'
import { syncOfRollout } from '../causality/change-attribution.ts'
import type { Finding } from '../finding.ts'

export type Counterfactual = { persists: boolean; evidence: string[] }

/**
 * Would the rule still fire with the changed field put back? The same analysers run over the same snapshot, in which the
 * suspected object is as it was before the change. Null where nothing can be put back from what was read, and where the
 * rule would have nothing left to look at, because then its silence would mean nothing.
 */
export function counterfactual(
  view: SnapshotView,
  root: Finding,
  change: Snapshot['changes'][number],
): Counterfactual | null {
  if (!isReplayable(view, root)) return null
  const past = change.kind === 'rollout' ? withoutRevision(view, change) : withLinesBack(view, root, change)
  if (past === null) return null
  const again = runAnalysers(indexSnapshot(past)).find(
    analyser => analyser.code === root.code && analyser.subject.name === root.subject.name,
  )
  return {
    persists: again !== undefined,
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

/** The world without the new revision: its pods are not there, the workload has the template from before. */
function withoutRevision(view: SnapshotView, change: Snapshot['changes'][number]): Snapshot | null {
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
  const sync = syncOfRollout(view, change)
  return {
    ...view.snapshot,
    objects,
    changes: view.snapshot.changes.filter(other => other !== change && other !== sync),
  }
}

/** The world with the lines back that a commit took away, as far as they are `key: value` of the suspected object. */
function withLinesBack(
  view: SnapshotView,
  root: Finding,
  change: Snapshot['changes'][number],
): Snapshot | null {
  const before = change.diff.map(part => (typeof part.before === 'string' ? part.before : '')).join('\n')
  const port = before.match(/targetPort:\s*["']?([\w-]+)/)?.[1]
  if (root.subject.kind !== 'Service' || port === undefined) return null
  const objects = view.snapshot.objects.map(located =>
    located.object.kind === 'Service' && located.object.metadata.name === root.subject.name
      ? { ...located, object: withTargetPort(located.object, port) }
      : located,
  )
  return { ...view.snapshot, objects }
}

function withTargetPort(service: KubernetesObject, port: string): KubernetesObject {
  const spec = recordAt(service, 'spec')
  const ports = Array.isArray(spec.ports) ? spec.ports : []
  const targetPort = /^\d+$/.test(port) ? Number(port) : port
  return { ...service, spec: { ...spec, ports: ports.map(port => ({ ...port, targetPort })) } }
}
