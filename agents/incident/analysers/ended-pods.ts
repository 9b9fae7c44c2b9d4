import { secondsOf } from '../../snapshot/clock.ts'
import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import { mergeNeeds, PODS } from '../../snapshot/needs.ts'
import { stringAt } from '../../snapshot/objects/json-path.ts'
import type { Pod } from '../../snapshot/objects/pod.ts'
import { quote } from '../../snapshot/text/quote.ts'
import type { FindingOf, Subject } from '../findings/finding-shape.ts'
import { isNamedByScope } from '../findings/named-by-scope.ts'
import { defineAnalyser } from './define-analyser.ts'
import { describeEnd } from './describe-end.ts'

/** Pods that ended for good: those that the scope names, and bare ones that nothing replaces. Leftovers of others are no fault. */
export const endedPods = defineAnalyser({
  needs: mergeNeeds(PODS, { reads: ['logs'] }),
  findings: {
    POD_EVICTED: {
      title: 'A pod was evicted from its node; what is left of it only has to be deleted.',
      layer: 'process-failure',
      kind: 'process',
      basis: 'observation',
      effects: ['down'],
      cause: { plain: 'POD_EVICTED' },
      mechanism: null,
      advice: 'Delete the evicted pod. If more follow, look at what the node was short of.',
    },
    POD_FAILED: {
      title: 'A pod failed and will not run again.',
      layer: 'process-failure',
      kind: 'process',
      basis: 'observation',
      effects: ['down'],
      cause: { plain: 'POD_FAILED' },
      mechanism: null,
      advice: 'Fix what the pod reports. Deleting the failed pod ends an alert about it.',
    },
  },
  run: view => view.pods.filter(({ phase }) => phase === 'Failed').flatMap(pod => findEnd(view, pod)),
})

function findEnd(view: SnapshotView, pod: Pod): FindingOf<'POD_EVICTED' | 'POD_FAILED'>[] {
  const { name, namespace } = pod
  const subject: Subject = { kind: 'Pod', namespace, name }
  if (!isNamedByScope(view, subject) && !(pod.owner === null && isRecent(view, pod))) return []
  const reason = stringAt(pod.object, 'status.reason')
  const message = stringAt(pod.object, 'status.message')
  const end = describeEnd(view, pod)
  const given = [reason, message].filter(text => text !== null && text !== '').join(': ')
  // The kubelet ends containers itself when it evicts; how they end then is no reason.
  const isEvicted = reason === 'Evicted'
  const cause = isEvicted || end === null ? quote(given === '' ? 'no reason given' : given) : end.text
  return [
    {
      code: isEvicted ? 'POD_EVICTED' : 'POD_FAILED',
      subject,
      service: null,
      onset: pod.readyChangedAt ?? pod.createdAt,
      message: `pod ${name} ${isEvicted ? 'was evicted' : 'failed'} and will not run again: ${cause}${describeReplacement(view, pod)}`,
      evidence: [...new Set([pod.evidence, ...(end?.evidence ?? [])])],
    },
  ]
}

function describeReplacement(view: SnapshotView, pod: Pod): string {
  const workload = view.workloadOfPod(pod)
  if (workload === undefined || workload.desired === null) return ''
  return `; ${workload.kind} ${workload.name} has ${workload.ready} of ${workload.desired} pods ready`
}

function isRecent(view: SnapshotView, pod: Pod): boolean {
  const ends = [pod.readyChangedAt, pod.createdAt, ...pod.containers.map(({ ended }) => ended?.at)]
  return Math.max(...ends.map(at => secondsOf(at) ?? 0)) >= view.since - view.recentSeconds
}
