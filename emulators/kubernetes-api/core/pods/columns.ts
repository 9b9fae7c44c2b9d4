import { formatAge } from '../../meta/columns.ts'
import type { Column } from '../../meta/resource-kind.ts'
import type { ContainerStatus, Pod } from './pod.ts'
import { isSidecar } from './pod-spec.ts'

/** The columns of `kubectl get pods`. Source: k8s.io/kubernetes pkg/printers/internalversion, printPod. */
export const podColumns: { beforeAge: Column<Pod>[]; afterAge: Column<Pod>[] } = {
  beforeAge: [
    {
      name: 'Ready',
      read: pod => {
        const sidecars = sidecarsOf(pod)
        const sidecarStatuses = (pod.status?.initContainerStatuses ?? []).filter(({ name }) =>
          sidecars.has(name),
        )
        const ready = [...sidecarStatuses, ...statusesOf(pod)].filter(status => status.ready)
        return `${ready.length}/${pod.spec.containers.length + sidecars.size}`
      },
    },
    { name: 'Status', read: reasonOf },
    { name: 'Restarts', read: restartsOf },
  ],
  afterAge: [
    { name: 'IP', priority: 1, read: pod => pod.status.podIP || '<none>' },
    { name: 'Node', priority: 1, read: pod => pod.spec.nodeName || '<none>' },
    { name: 'Nominated Node', priority: 1, read: pod => pod.status.nominatedNodeName || '<none>' },
    { name: 'Readiness Gates', priority: 1, read: () => '<none>' },
  ],
}

function reasonOf(pod: Pod): string {
  const { status } = pod
  const initialising = initReason(pod)
  let reason = initialising ?? containersReason(pod) ?? status.reason ?? status.phase ?? 'Unknown'
  if (reason === 'Completed' && statusesOf(pod).some(status => status.state?.running))
    reason = isReady(pod) ? 'Running' : 'NotReady'
  if (!pod.metadata.deletionTimestamp) return reason
  return status.reason === 'NodeLost' ? 'Unknown' : 'Terminating'
}

function initReason(pod: Pod): string | undefined {
  const statuses = pod.status.initContainerStatuses ?? []
  const sidecars = sidecarsOf(pod)
  for (const [index, { name, state, started }] of statuses.entries()) {
    if (started && sidecars.has(name)) continue
    if (state?.terminated?.exitCode === 0) continue
    if (state?.terminated) return `Init:${endReason(state.terminated)}`
    if (state?.waiting?.reason && state.waiting.reason !== 'PodInitializing')
      return `Init:${state.waiting.reason}`
    return `Init:${index}/${pod.spec.initContainers?.length ?? statuses.length}`
  }
  return undefined
}

function containersReason(pod: Pod): string | undefined {
  let reason: string | undefined
  for (const { state } of statusesOf(pod).toReversed()) {
    if (state?.waiting?.reason) reason = state.waiting.reason
    else if (state?.terminated) reason = endReason(state.terminated)
  }
  return reason
}

function endReason({
  reason,
  signal,
  exitCode,
}: {
  reason?: string
  signal?: number
  exitCode: number
}): string {
  if (reason) return reason
  return signal ? `Signal:${signal}` : `ExitCode:${exitCode}`
}

function restartsOf(pod: Pod, now: Date): string {
  const statuses = [...(pod.status.initContainerStatuses ?? []), ...statusesOf(pod)]
  const count = statuses.reduce((sum, status) => sum + status.restartCount, 0)
  const ends = statuses.flatMap(status => status.lastState?.terminated?.finishedAt ?? [])
  const last = ends.toSorted().at(-1)
  return count > 0 && last ? `${count} (${formatAge(last, now)} ago)` : String(count)
}

function sidecarsOf({ spec }: Pod): Set<string> {
  return new Set((spec.initContainers ?? []).filter(isSidecar).map(({ name }) => name))
}

function statusesOf(pod: Pod): ContainerStatus[] {
  return pod.status?.containerStatuses ?? []
}

function isReady(pod: Pod): boolean {
  return (
    pod.status.conditions?.some(condition => condition.type === 'Ready' && condition.status === 'True') ??
    false
  )
}
