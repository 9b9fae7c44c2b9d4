import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import type { Pod } from '../../snapshot/objects/pod.ts'
import type { Workload } from '../../snapshot/objects/workload.ts'
import type { Finding, Subject } from '../verdict.ts'

/** One fault family: what is true of the snapshot, and which evidence says so. Pure. */
export type Analyser = (view: SnapshotView) => Finding[]

/** The workload as the subject of a finding. */
export function subjectOf(workload: Workload): Subject {
  return { kind: workload.kind, namespace: workload.namespace, name: workload.name }
}

/** What a pod's trouble is about: its workload where that was read, because a pod's own name dies with it. */
export function subjectOfPod(view: SnapshotView, pod: Pod): Subject {
  const workload = view.workloadOfPod(pod)
  return workload === undefined
    ? { kind: 'Pod', namespace: pod.namespace, name: pod.name }
    : subjectOf(workload)
}

/** The service a pod belongs to; none for a job's: it serves nobody, whatever labels it shares. */
export function serviceOfPod(view: SnapshotView, pod: Pod): string | null {
  if (pod.owner?.kind === 'Job') return null
  return view.workloadOfPod(pod)?.service ?? pod.service
}

/** Findings with the same code, subject and container as one: all their evidence, the earliest onset, the first sentence. */
export function merged(findings: Finding[]): Finding[] {
  const groups = Map.groupBy(
    findings,
    finding =>
      `${finding.code} ${finding.subject.kind}/${finding.subject.name} ${finding.service} ${finding.container}`,
  )
  return [...groups.values()].flatMap(group => {
    const [first] = group
    if (first === undefined) return []
    const onsets = group.flatMap(one => one.onset ?? []).toSorted()
    return [
      { ...first, onset: onsets[0] ?? null, evidence: [...new Set(group.flatMap(one => one.evidence))] },
    ]
  })
}
