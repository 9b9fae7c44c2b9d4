import { pluralize } from '@goalixa/chassis/pluralize'
import { secondsOf } from '../../snapshot/clock.ts'
import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import { findErrorLine } from '../../snapshot/logs/find-error-line.ts'
import { mergeNeeds, PODS } from '../../snapshot/needs.ts'
import { isRecentRun } from '../../snapshot/objects/is-recent-run.ts'
import type { Container, Pod } from '../../snapshot/objects/pod.ts'
import { quote } from '../../snapshot/text/quote.ts'
import type { FindingOf } from '../findings/finding-shape.ts'
import { mergeFindings } from '../findings/merge-findings.ts'
import { serviceOfPod, subjectOfPod } from '../findings/subject.ts'
import { defineAnalyser } from './define-analyser.ts'
import { POD_TEMPLATE } from './mechanisms.ts'

/** Containers that end and are started again. Completed pods, pods on their way out and old restarts are no fault. */
export const crashes = defineAnalyser({
  needs: mergeNeeds(PODS, { reads: ['logs', 'events'] }),
  findings: {
    CRASH_LOOP: {
      title: 'A process ends again and again.',
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
        .flatMap(pod => pod.containers.flatMap(container => crashOf(view, pod, container))),
    ),
})

function crashOf(view: SnapshotView, pod: Pod, container: Container): FindingOf<'CRASH_LOOP'>[] {
  const ended = container.ended ?? container.endedBefore
  if (ended === null || ended.exitCode === 0 || ended.reason === 'OOMKilled') return []
  const isLooping = container.waiting?.reason === 'CrashLoopBackOff'
  const isDown = container.ended !== null
  if (!isLooping && !isDown && !isRecentRun(view, container, ended.at)) return []
  // A container of a job that failed once and has no restart is a job's own business.
  if (pod.owner?.kind === 'Job') return []

  const logs = view.logsOf(pod.name).filter(log => log.container === container.name)
  const log = logs.find(log => log.previous) ?? logs[0]
  const line = log === undefined ? null : findErrorLine(log)
  const code = ended.exitCode === null ? '' : ` with exit code ${ended.exitCode}`
  const words = line ?? (ended.message === '' ? null : ended.message)
  const said = words === null ? '' : `; its last words: ${quote(words)}`
  return [
    {
      code: 'CRASH_LOOP',
      subject: subjectOfPod(view, pod),
      service: serviceOfPod(view, pod),
      container: container.name,
      onset: pod.createdAt !== null && isYoung(view, pod) ? pod.createdAt : firstEnd(view, pod, ended.at),
      message: `${container.name} in ${pod.name} ends${code} and was restarted ${pluralize(container.restarts, 'time')}${said}`,
      evidence: [pod.evidence, ...(line === null || log === undefined ? [] : [log.evidence])],
    },
  ]
}

/** A container tells of its last end only; since when it ends is told by its pod's readiness and the kubelet's first back-off. */
function firstEnd(view: SnapshotView, pod: Pod, lastEnd: string | null): string | null {
  const backOffs = view
    .eventsOn('Pod', pod.name)
    .filter(one => one.reason === 'BackOff' && /restarting/i.test(one.message))
  const signs = [
    lastEnd,
    pod.isReady === false ? pod.readyChangedAt : null,
    ...backOffs.map(off => off.firstAt),
  ]
  const recent = signs.flatMap(sign => (isRecent(view, sign) ? [sign] : []))
  return recent.toSorted((a, b) => (secondsOf(a) ?? 0) - (secondsOf(b) ?? 0))[0] ?? lastEnd
}

function isRecent(view: SnapshotView, at: string | null): at is string {
  return (secondsOf(at) ?? 0) >= view.since - view.recentSeconds
}

function isYoung(view: SnapshotView, pod: Pod): boolean {
  return isRecent(view, pod.createdAt)
}
