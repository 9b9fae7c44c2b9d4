import { secondsOf } from '../../snapshot/clock.ts'
import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import { listAt, stringAt } from '../../snapshot/objects/json-path.ts'
import { quote } from '../../snapshot/text/quote.ts'
import type { Finding } from '../verdict.ts'
import { type Analyser, merged, serviceOfPod, subjectOf, subjectOfPod } from './analyser.ts'

/** Pods that no node takes, pods that the API refuses to create, and nodes that are not well. */
export const scheduling: Analyser = view => [
  ...merged(unschedulable(view)),
  ...merged([...refused(view), ...refusedByEvent(view)]),
  ...sickNodes(view),
]

function unschedulable(view: SnapshotView): Finding[] {
  return view.pods.flatMap(pod => {
    const condition = listAt(pod.object, 'status.conditions').find(
      condition => stringAt(condition, 'type') === 'PodScheduled',
    )
    const waited = view.at - (secondsOf(pod.createdAt) ?? view.at)
    const isRefused =
      stringAt(condition, 'reason') === 'Unschedulable' && stringAt(condition, 'status') === 'False'
    if (pod.phase !== 'Pending' || !isRefused || waited < view.patienceSeconds) return []
    return [
      {
        code: 'UNSCHEDULABLE',
        subject: subjectOfPod(view, pod),
        service: serviceOfPod(view, pod),
        onset: pod.createdAt,
        message: `no node takes ${pod.name}: ${quote(stringAt(condition, 'message') ?? '')}`,
        evidence: [pod.evidence],
      },
    ]
  })
}

function refused(view: SnapshotView): Finding[] {
  return view.objectsOf('ReplicaSet').flatMap(({ evidence, object }) => {
    const failure = listAt(object, 'status.conditions').find(
      condition =>
        stringAt(condition, 'type') === 'ReplicaFailure' && stringAt(condition, 'status') === 'True',
    )
    const owner = stringAt(listAt(object, 'metadata.ownerReferences')[0], 'name')
    const workload = owner === null ? undefined : view.workloadNamed(owner)
    if (failure === undefined || workload === undefined) return []
    const message = stringAt(failure, 'message') ?? ''
    return [
      {
        code: codeOf(message),
        subject: subjectOf(workload),
        service: workload.service,
        onset: stringAt(failure, 'lastTransitionTime'),
        message: `pods of ${workload.name} are refused: ${quote(message)}`,
        evidence: [evidence, workload.evidence],
      },
    ]
  })
}

/** StatefulSets and DaemonSets tell of it in events only. */
function refusedByEvent(view: SnapshotView): Finding[] {
  return view.workloads
    .filter(workload => workload.kind !== 'Deployment' && workload.total < (workload.desired ?? 0))
    .flatMap(workload => {
      const event = view
        .eventsOn(workload.kind, workload.name)
        .filter(one => one.reason === 'FailedCreate')
        .findLast(one => (secondsOf(one.lastAt) ?? view.at) >= view.since - view.recentSeconds)
      if (event === undefined) return []
      return [
        {
          code: codeOf(event.message),
          subject: subjectOf(workload),
          service: workload.service,
          onset: event.firstAt,
          message: `pods of ${workload.name} are refused: ${quote(event.message)}`,
          evidence: [event.evidence, workload.evidence],
        },
      ]
    })
}

function codeOf(message: string): string {
  return /exceeded quota/i.test(message) ? 'QUOTA_EXCEEDED' : 'PODS_REFUSED'
}

function sickNodes(view: SnapshotView): Finding[] {
  return view.objectsOf('Node').flatMap(({ evidence, object }) => {
    const ready = listAt(object, 'status.conditions').find(
      condition => stringAt(condition, 'type') === 'Ready',
    )
    if (ready === undefined || stringAt(ready, 'status') === 'True') return []
    return [
      {
        code: 'NODE_NOT_READY',
        subject: { kind: 'Node', namespace: null, name: object.metadata.name },
        service: null,
        onset: stringAt(ready, 'lastTransitionTime'),
        message: `node ${object.metadata.name} is not ready: ${quote(stringAt(ready, 'message') ?? '')}`,
        evidence: [evidence],
      },
    ]
  })
}
