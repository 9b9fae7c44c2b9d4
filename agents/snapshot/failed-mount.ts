import { secondsOf } from './clock.ts'
import type { SnapshotView } from './index-snapshot.ts'
import type { Pod } from './objects/pod.ts'
import type { Snapshot } from './snapshot.ts'

const REASONS = ['FailedMount', 'FailedAttachVolume', 'FailedMapVolume']

/** The latest recent event of the kubelet about a volume that keeps every container of a pending pod from starting. */
export function findFailedMount(view: SnapshotView, pod: Pod): Snapshot['events'][number] | undefined {
  const isWaiting = pod.containers.every(
    container => container.runningSince === null && container.ended === null,
  )
  if (pod.phase !== 'Pending' || pod.isDeleting || !isWaiting) return undefined
  return view
    .eventsOn('Pod', pod.name)
    .filter(event => REASONS.includes(event.reason))
    .findLast(event => (secondsOf(event.lastAt) ?? view.at) >= view.since - view.recentSeconds)
}

/** What is missing, by the kubelet's message: a ConfigMap or Secret, or a key of it. Null: the volume fails for another reason. */
export function parseMissingMountSource(message: string): 'object' | 'key' | null {
  if (/references non-existent (?:config|secret) key/i.test(message)) return 'key'
  return /(?:configmap|secret) .*not found/i.test(message) ? 'object' : null
}
