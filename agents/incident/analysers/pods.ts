import { pluralize } from '@goalixa/chassis/pluralize'
import type { Finding } from '../verdict.ts'
import { secondsOf } from '../view/clock.ts'
import { decisiveLine } from '../view/decisive-line.ts'
import { isFresh } from '../view/is-fresh.ts'
import type { Container, Pod } from '../view/pod.ts'
import { quote } from '../view/quote.ts'
import type { View } from '../view/view.ts'
import { type Analyser, merged, serviceOfPod, subjectOfPod } from './analyser.ts'

/** Containers that end and are started again. Completed pods, pods on their way out and old restarts are no fault. */
export const pods: Analyser = view =>
  merged(
    view.pods
      .filter(pod => !pod.isCompleted && !pod.isDeleting)
      .flatMap(pod => pod.containers.flatMap(container => crashOf(view, pod, container))),
  )

function crashOf(view: View, pod: Pod, container: Container): Finding[] {
  const ended = container.ended ?? container.endedBefore
  if (ended === null || ended.exitCode === 0 || ended.reason === 'OOMKilled') return []
  const isLooping = container.waiting?.reason === 'CrashLoopBackOff'
  const isDown = container.ended !== null
  if (!isLooping && !isDown && !isFresh(view, container, ended.at)) return []
  // A container of a job that failed once and has no restart is a job's own business.
  if (pod.owner?.kind === 'Job') return []

  const logs = view.logsOf(pod.name).filter(one => one.container === container.name)
  const log = logs.find(one => one.previous) ?? logs[0]
  const line = log === undefined ? null : decisiveLine(log)
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
      says: `${container.name} in ${pod.name} ends${code} and was restarted ${pluralize(container.restarts, 'time')}${said}`,
      evidence: [pod.evidence, ...(line === null || log === undefined ? [] : [log.evidence])],
    },
  ]
}

/** A container tells of its last end only; since when it ends is told by its pod's readiness and the kubelet's first back-off. */
function firstEnd(view: View, pod: Pod, lastEnd: string | null): string | null {
  const backOffs = view
    .eventsOn('Pod', pod.name)
    .filter(one => one.reason === 'BackOff' && /restarting/i.test(one.message))
  const signs = [
    lastEnd,
    pod.isReady === false ? pod.readyChangedAt : null,
    ...backOffs.map(one => one.firstAt),
  ]
  const recent = signs.flatMap(one => (isNews(view, one) ? [one] : []))
  return recent.toSorted((a, b) => (secondsOf(a) ?? 0) - (secondsOf(b) ?? 0))[0] ?? lastEnd
}

function isNews(view: View, at: string | null): at is string {
  return (secondsOf(at) ?? 0) >= view.since - view.recentSeconds
}

function isYoung(view: View, pod: Pod): boolean {
  return isNews(view, pod.createdAt)
}
