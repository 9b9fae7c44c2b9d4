import { secondsOf } from '../clock.ts'
import type { SnapshotView } from '../index-snapshot.ts'
import type { Container, Pod } from './pod.ts'
import { probesOf } from './probe.ts'

/** Whether a pod is not ready only because its first start is still within the time that its probes allow. */
export function isStarting(view: SnapshotView, pod: Pod): boolean {
  const late = pod.containers.filter(container => !container.isInit && container.isReady !== true)
  return late.length > 0 && late.every(container => isWithinGrace(view, pod, container))
}

// A container that was restarted has used the time of its first start.
function isWithinGrace(view: SnapshotView, pod: Pod, container: Container): boolean {
  const since = secondsOf(container.runningSince)
  if (since === null || container.restarts > 0) return false
  const kind = container.isStarted === false ? 'startupProbe' : 'readinessProbe'
  const probe = probesOf(pod.object).find(probe => probe.kind === kind && probe.container === container.name)
  return probe !== undefined && view.at - since < probe.graceSeconds
}
