import { OBJECT_LABELS } from '../../snapshot/alert-labels.ts'
import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import { listAt, stringAt } from '../../snapshot/objects/json-path.ts'
import { controllerOf } from '../../snapshot/objects/pod.ts'
import type { Subject } from './finding-shape.ts'

type Labels = Record<string, string>

/** Whether the scope is about a subject: by the labels of its alerts, or as the object that a person named. */
export function isNamedByScope(view: SnapshotView, subject: Subject): boolean {
  const { alerts, object } = view.scope
  const names = objectNamesIn(alerts.map(alert => alert.labels))
  return isNamedBy(view, subject, object === null ? names : names.add(object.name))
}

/** Whether the labels of alerts name a subject: the object itself, its controller, one of its pods, or a volume claim of those. */
export function isNamedByLabels(view: SnapshotView, subject: Subject, labels: Labels[]): boolean {
  return isNamedBy(view, subject, objectNamesIn(labels))
}

function objectNamesIn(labels: Labels[]): Set<string> {
  return new Set(labels.flatMap(label => OBJECT_LABELS.flatMap(key => label[key] ?? [])))
}

function isNamedBy(view: SnapshotView, subject: Subject, names: Set<string>): boolean {
  const isNamed = (name: string | null | undefined) => typeof name === 'string' && names.has(name)
  if (isNamed(subject.name)) return true
  const pods = view.podsOfController(subject)
  if (pods.some(pod => isNamed(pod.name))) return true
  if (pods.some(pod => claimsOf(pod.object).some(isNamed))) return true
  const isUser = (pod: (typeof view.pods)[number]) => isNamed(pod.name) && usesClaim(pod.object, subject.name)
  if (subject.kind === 'PersistentVolumeClaim' && view.pods.some(isUser)) return true
  const job = subject.kind === 'Job' ? view.objectNamed('Job', subject.name) : undefined
  return job !== undefined && isNamed(controllerOf(job.object)?.name)
}

function usesClaim(pod: unknown, claim: string): boolean {
  return claimsOf(pod).includes(claim)
}

function claimsOf(pod: unknown): string[] {
  return listAt(pod, 'spec.volumes').flatMap(
    volume => stringAt(volume, 'persistentVolumeClaim.claimName') ?? [],
  )
}
