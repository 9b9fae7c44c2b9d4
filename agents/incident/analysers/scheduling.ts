import { secondsOf } from '../../snapshot/clock.ts'
import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import { mergeNeeds, PODS } from '../../snapshot/needs.ts'
import { listAt, stringAt } from '../../snapshot/objects/json-path.ts'
import { quote } from '../../snapshot/text/quote.ts'
import type { FindingOf } from '../findings/finding-shape.ts'
import { mergeFindings } from '../findings/merge-findings.ts'
import { serviceOfPod, subjectOf, subjectOfPod } from '../findings/subject.ts'
import { POD_TEMPLATE } from './change-patterns.ts'
import { defineAnalyser } from './define-analyser.ts'

/** Pods that cannot be scheduled, and pods that the API server refuses to create. */
export const scheduling = defineAnalyser({
  needs: mergeNeeds(PODS, { reads: ['events'] }),
  findings: {
    UNSCHEDULABLE: {
      title: 'A pod cannot be scheduled on any node.',
      layer: 'setting',
      kind: 'process',
      basis: 'observation',
      effects: ['start'],
      cause: { plain: 'UNSCHEDULABLE' },
      mechanism: /resources|affinity|nodeSelector|tolerations|volumes/i,
      advice: 'Add capacity to the nodes, or lower what the pods request of them.',
    },
    QUOTA_EXCEEDED: {
      title: 'A ResourceQuota does not allow more pods.',
      layer: 'setting',
      kind: 'process',
      basis: 'observation',
      effects: ['start'],
      cause: { plain: 'QUOTA_EXCEEDED' },
      mechanism: /replicas|resources/i,
      advice: 'Raise the quota, or free part of it.',
    },
    PODS_REFUSED: {
      title: 'The API server refuses to create the pods.',
      layer: 'setting',
      kind: 'process',
      basis: 'observation',
      effects: ['start'],
      cause: { plain: 'PODS_REFUSED' },
      mechanism: POD_TEMPLATE,
    },
  },
  run: view => [
    ...mergeFindings(findUnschedulablePods(view)),
    ...mergeFindings([...findReplicaFailures(view), ...findFailedCreates(view)]),
  ],
})

function findUnschedulablePods(view: SnapshotView): FindingOf<'UNSCHEDULABLE'>[] {
  return view.pods.flatMap(pod => {
    const condition = listAt(pod.object, 'status.conditions').find(
      condition => stringAt(condition, 'type') === 'PodScheduled',
    )
    const waited = view.at - (secondsOf(pod.createdAt) ?? view.at)
    const isUnschedulable =
      stringAt(condition, 'reason') === 'Unschedulable' && stringAt(condition, 'status') === 'False'
    if (pod.phase !== 'Pending' || !isUnschedulable || waited < view.patienceSeconds) return []
    return [
      {
        code: 'UNSCHEDULABLE',
        subject: subjectOfPod(view, pod),
        service: serviceOfPod(view, pod),
        onset: pod.createdAt,
        message: `${pod.name} cannot be scheduled: ${quote(stringAt(condition, 'message') ?? '')}`,
        evidence: [pod.evidence],
      },
    ]
  })
}

type RefusalCode = 'QUOTA_EXCEEDED' | 'PODS_REFUSED'

function findReplicaFailures(view: SnapshotView): FindingOf<RefusalCode>[] {
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
        message: `${workload.name} cannot create pods: ${quote(message)}`,
        evidence: [evidence, workload.evidence],
      },
    ]
  })
}

/** StatefulSets and DaemonSets have no such condition: only their events show that pods were refused. */
function findFailedCreates(view: SnapshotView): FindingOf<RefusalCode>[] {
  return view.workloads
    .filter(workload => workload.kind !== 'Deployment' && workload.total < (workload.desired ?? 0))
    .flatMap(workload => {
      const event = view
        .eventsOn(workload.kind, workload.name)
        .filter(event => event.reason === 'FailedCreate')
        .findLast(event => (secondsOf(event.lastAt) ?? view.at) >= view.since - view.recentSeconds)
      if (event === undefined) return []
      return [
        {
          code: codeOf(event.message),
          subject: subjectOf(workload),
          service: workload.service,
          onset: event.firstAt,
          message: `${workload.name} cannot create pods: ${quote(event.message)}`,
          evidence: [event.evidence, workload.evidence],
        },
      ]
    })
}

function codeOf(message: string): RefusalCode {
  return /exceeded quota/i.test(message) ? 'QUOTA_EXCEEDED' : 'PODS_REFUSED'
}
