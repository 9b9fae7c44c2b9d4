import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import type { Pod } from '../../snapshot/objects/pod.ts'
import type { Workload } from '../../snapshot/objects/workload.ts'
import type { Subject } from './finding-shape.ts'

/** A workload as the subject of a finding. */
export function subjectOf(workload: Workload): Subject {
  return { kind: workload.kind, namespace: workload.namespace, name: workload.name }
}

/** What creates the pod and its replacements, because the name of a pod does not outlive it; of a bare or static pod itself. */
export function subjectOfPod(view: SnapshotView, pod: Pod): Subject {
  const controller = view.controllerOfPod(pod)
  return controller === null
    ? { kind: 'Pod', namespace: pod.namespace, name: pod.name }
    : { ...controller, namespace: pod.namespace }
}

/** The workload behind the name of a service if it was read; else the Service. */
export function subjectOfService(view: SnapshotView, service: string): Subject {
  const [workload] = view.workloadsOfService(service)
  return workload === undefined
    ? { kind: 'Service', namespace: view.namespace, name: service }
    : subjectOf(workload)
}

/** The service that a pod belongs to; null for the pod of a Job, which serves no requests, whatever labels it shares. */
export function serviceOfPod(view: SnapshotView, pod: Pod): string | null {
  if (pod.owner?.kind === 'Job') return null
  return view.workloadOfPod(pod)?.service ?? pod.service
}

/** Whether two subjects are the same object. */
export function isSameSubject(a: Subject, b: Subject): boolean {
  return a.kind === b.kind && a.namespace === b.namespace && a.name === b.name
}

/** Whether a subject is an external dependency: called by services of the namespace, but not one of them. */
export function isExternalDependency({ kind }: Subject): boolean {
  return kind === EXTERNAL_DEPENDENCY
}

/** The subject of a finding about an external dependency, which is known by its name only. */
export function externalDependency(view: SnapshotView, name: string): Subject {
  return { kind: EXTERNAL_DEPENDENCY, namespace: view.namespace, name }
}

/** A subject in a sentence, for example `Deployment core` or `external dependency postgres`. */
export function describeSubject({ kind, name }: Subject): string {
  return kind === EXTERNAL_DEPENDENCY ? `external dependency ${name}` : `${kind} ${name}`
}

const EXTERNAL_DEPENDENCY = 'ExternalDependency'
