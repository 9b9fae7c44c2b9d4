import { secondsOf } from '../../snapshot/clock.ts'
import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import type { Pod } from '../../snapshot/objects/pod.ts'
import { quote } from '../../snapshot/text/quote.ts'
import type { Finding } from '../verdict.ts'
import { type Analyser, merged, serviceOfPod, subjectOfPod } from './analyser.ts'

const REASONS = ['FailedMount', 'FailedAttachVolume', 'FailedMapVolume']

/** Pods that wait for a volume, by the kubelet's own word: what it should be filled with does not exist, or it can not be had. */
export const mounts: Analyser = view =>
  merged(
    view.pods.filter(pod => pod.phase === 'Pending' && !pod.isDeleting).flatMap(pod => mountFault(view, pod)),
  )

function mountFault(view: SnapshotView, pod: Pod): Finding[] {
  const isWaiting = pod.containers.every(
    container => container.runningSince === null && container.ended === null,
  )
  const event = view
    .eventsOn('Pod', pod.name)
    .filter(one => REASONS.includes(one.reason))
    .findLast(one => (secondsOf(one.lastAt) ?? view.at) >= view.since - view.recentSeconds)
  if (event === undefined || !isWaiting) return []
  return [
    {
      code: codeOf(event.message),
      subject: subjectOfPod(view, pod),
      service: serviceOfPod(view, pod),
      onset: pod.createdAt,
      message: `${pod.name} waits for a volume: ${quote(event.message)}`,
      evidence: [...new Set([pod.evidence, event.evidence])],
    },
  ]
}

function codeOf(message: string): string {
  if (/references non-existent (?:config|secret) key/i.test(message)) return 'CONFIG_KEY_MISSING'
  return /(?:configmap|secret) .*not found/i.test(message) ? 'CONFIG_MISSING' : 'VOLUME_NOT_MOUNTED'
}
