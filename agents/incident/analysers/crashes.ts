import { secondsOf } from '../../snapshot/clock.ts'
import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import { mergeNeeds, PODS } from '../../snapshot/needs.ts'
import { isClean } from '../../snapshot/objects/is-clean.ts'
import { isRecentRun } from '../../snapshot/objects/is-recent-run.ts'
import type { Container, Pod } from '../../snapshot/objects/pod.ts'
import { quote } from '../../snapshot/text/quote.ts'
import type { FindingOf } from '../findings/finding-shape.ts'
import { mergeFindings } from '../findings/merge-findings.ts'
import { isNamedByScope } from '../findings/named-by-scope.ts'
import { serviceOfPod, subjectOfPod } from '../findings/subject.ts'
import { POD_TEMPLATE } from './change-patterns.ts'
import { findOutput } from './container-output.ts'
import { defineAnalyser } from './define-analyser.ts'
import { describeRestarts } from './describe-restarts.ts'

/** Containers that exit and are restarted. Completed pods, terminating pods and old restarts are no fault. */
export const crashes = defineAnalyser({
  needs: mergeNeeds(PODS, { reads: ['logs', 'events'] }),
  findings: {
    CRASH_LOOP: {
      title: 'A container crashes and is restarted.',
      layer: 'process-failure',
      kind: 'process',
      basis: 'observation',
      effects: ['start'],
      cause: { plain: 'PROCESS_CRASHES', release: 'RELEASE_CRASHES_AT_START' },
      mechanism: POD_TEMPLATE,
      replay: 'beside-old-pods',
    },
  },
  run: view =>
    mergeFindings(
      view.pods
        .filter(pod => !pod.isCompleted && !pod.isDeleting)
        .flatMap(pod => pod.containers.flatMap(container => findCrash(view, pod, container))),
    ),
})

function findCrash(view: SnapshotView, pod: Pod, container: Container): FindingOf<'CRASH_LOOP'>[] {
  const ended = container.ended ?? container.endedBefore
  if (ended === null || ended.reason === 'OOMKilled') return []
  const isLooping = container.waiting?.reason === 'CrashLoopBackOff'
  // A process that completes is a fault only where it is restarted for ever.
  if (isClean(ended) && !(isLooping && container.ended === null)) return []
  const isDown = container.ended !== null
  if (!isLooping && !isDown && !isRecentRun(view, container, ended.at)) return []
  const subject = subjectOfPod(view, pod)
  // A Job retries or fails by its own rules, and serves no requests.
  if (pod.owner?.kind === 'Job' && !isNamedByScope(view, subject)) return []

  const { log, line } = findOutput(view, pod, container)
  const exit = ended.exitCode === null ? 'exited' : `exited with code ${ended.exitCode}`
  const restarts = container.restarts === 0 ? '' : ` and ${describeRestarts(container.restarts)}`
  const output = line ?? (ended.message === '' ? null : ended.message)
  return [
    {
      code: 'CRASH_LOOP',
      subject,
      service: serviceOfPod(view, pod),
      container: container.name,
      onset: pod.createdAt !== null && isYoung(view, pod) ? pod.createdAt : firstExitAt(view, pod, ended.at),
      message: `container ${container.name} of ${pod.name} ${exit}${restarts}${output === null ? '' : `; its last output: ${quote(output)}`}`,
      evidence: [pod.evidence, ...(line === null || log === undefined ? [] : [log.evidence])],
    },
  ]
}

/** When the crashes began. A container status holds its last exit only; the pod's readiness and the kubelet's first back-off are older. */
function firstExitAt(view: SnapshotView, pod: Pod, lastExit: string | null): string | null {
  const backOffs = view
    .eventsOn('Pod', pod.name)
    .filter(event => event.reason === 'BackOff' && /restarting/i.test(event.message))
  const times = [
    lastExit,
    pod.isReady === false ? pod.readyChangedAt : null,
    ...backOffs.map(backOff => backOff.firstAt),
  ]
  const recent = times.flatMap(time => (isRecent(view, time) ? [time] : []))
  return recent.toSorted((a, b) => (secondsOf(a) ?? 0) - (secondsOf(b) ?? 0))[0] ?? lastExit
}

function isRecent(view: SnapshotView, at: string | null): at is string {
  return (secondsOf(at) ?? 0) >= view.since - view.recentSeconds
}

function isYoung(view: SnapshotView, pod: Pod): boolean {
  return isRecent(view, pod.createdAt)
}
