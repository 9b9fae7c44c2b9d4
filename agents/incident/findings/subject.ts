import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import type { Pod } from '../../snapshot/objects/pod.ts'
import type { Workload } from '../../snapshot/objects/workload.ts'
import type { Subject } from './finding-shape.ts'

/** A workload as the subject of a finding. */
export function subjectOf(workload: Workload): Subject {
  return { kind: workload.kind, namespace: workload.namespace, name: workload.name }
}

/** The workload of a pod where that was read, because a pod's own name dies with it; else the pod. */
export function subjectOfPod(view: SnapshotView, pod: Pod): Subject {
  const workload = view.workloadOfPod(pod)
  return workload === undefined
    ? { kind: 'Pod', namespace: pod.namespace, name: pod.name }
    : subjectOf(workload)
}

/** The workload behind a service's name where that was read; else the Service. */
export function subjectOfService(view: SnapshotView, service: string): Subject {
  const [workload] = view.workloadsOfService(service)
  return workload === undefined
    ? { kind: 'Service', namespace: view.namespace, name: service }
    : subjectOf(workload)
}

/** The service that a pod belongs to; none for a job's pod, which serves nobody, whatever labels it shares. */
export function serviceOfPod(view: SnapshotView, pod: Pod): string | null {
  if (pod.owner?.kind === 'Job') return null
  return view.workloadOfPod(pod)?.service ?? pod.service
}

/** Whether two subjects are the same object. */
export function isSameSubject(a: Subject, b: Subject): boolean {
  return a.kind === b.kind && a.namespace === b.namespace && a.name === b.name
}

/** Whether it is something that services call and that is none of them. */
export function isExternalDependency({ kind }: Subject): boolean {
  return kind === EXTERNAL_DEPENDENCY
}

/** The subject that stands for something outside, known by its name only. */
export function externalDependency(view: SnapshotView, name: string): Subject {
  return { kind: EXTERNAL_DEPENDENCY, namespace: view.namespace, name }
}

const EXTERNAL_DEPENDENCY = 'ExternalDependency'
