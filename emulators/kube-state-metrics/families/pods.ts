import type { ContainerStatus, Pod } from '@goalixa/emulators-shared/kubernetes/objects'
import { parseQuantity } from '@goalixa/emulators-shared/kubernetes/parse-quantity'
import { family, labelLabels, seconds } from '../family.ts'

/** Source: https://github.com/kubernetes/kube-state-metrics/blob/main/docs/metrics/workload/pod-metrics.md */
export const podFamilies = [
  family<Pod>('kube_pod_info', pod => [
    [
      {
        ...of(pod),
        host_ip: pod.status?.hostIP,
        pod_ip: pod.status?.podIP,
        node: pod.spec.nodeName,
        created_by_kind: controllerOf(pod)?.kind,
        created_by_name: controllerOf(pod)?.name,
        priority_class: pod.spec.priorityClassName,
        host_network: String(pod.spec.hostNetwork ?? false),
      },
      1,
    ],
  ]),
  family<Pod>('kube_pod_created', pod => [[of(pod), seconds(pod.metadata.creationTimestamp)]]),
  family<Pod>('kube_pod_start_time', pod => [[of(pod), seconds(pod.status?.startTime)]]),
  family<Pod>('kube_pod_deletion_timestamp', pod => [[of(pod), seconds(pod.metadata.deletionTimestamp)]]),
  family<Pod>('kube_pod_labels', pod => [[{ ...of(pod), ...labelLabels(pod.metadata.labels) }, 1]]),
  family<Pod>('kube_pod_owner', pod =>
    (pod.metadata.ownerReferences ?? []).map(owner => [
      {
        ...of(pod),
        owner_kind: owner.kind,
        owner_name: owner.name,
        owner_is_controller: String(owner.controller ?? false),
      },
      1,
    ]),
  ),
  family<Pod>('kube_pod_status_phase', pod =>
    PHASES.map(phase => [{ ...of(pod), phase }, Number((pod.status?.phase ?? 'Pending') === phase)]),
  ),
  family<Pod>('kube_pod_status_ready', pod => conditionOf(pod, 'Ready')),
  family<Pod>('kube_pod_status_scheduled', pod => conditionOf(pod, 'PodScheduled')),
  family<Pod>('kube_pod_status_reason', pod =>
    REASONS.map(reason => [{ ...of(pod), reason }, Number(pod.status?.reason === reason)]),
  ),
  family<Pod>('kube_pod_status_unschedulable', pod =>
    pod.status?.conditions?.some(
      ({ type, status, reason }) =>
        type === 'PodScheduled' && status === 'False' && reason === 'Unschedulable',
    )
      ? [[of(pod), 1]]
      : [],
  ),
  family<Pod>('kube_pod_container_info', pod =>
    each(pod, status => [
      { image: status.image, image_id: status.imageID, container_id: status.containerID },
      1,
    ]),
  ),
  family<Pod>('kube_pod_container_status_running', pod =>
    each(pod, ({ state }) => [{}, Number(state?.running !== undefined)]),
  ),
  family<Pod>('kube_pod_container_status_ready', pod => each(pod, ({ ready }) => [{}, Number(ready)])),
  family<Pod>('kube_pod_container_status_waiting', pod =>
    each(pod, ({ state }) => [{}, Number(state?.waiting !== undefined)]),
  ),
  family<Pod>('kube_pod_container_status_terminated', pod =>
    each(pod, ({ state }) => [{}, Number(state?.terminated !== undefined)]),
  ),
  family<Pod>('kube_pod_container_status_waiting_reason', pod =>
    each(pod, ({ state }) => [{ reason: state?.waiting?.reason }, state?.waiting?.reason ? 1 : undefined]),
  ),
  family<Pod>('kube_pod_container_status_terminated_reason', pod =>
    each(pod, ({ state }) => [
      { reason: state?.terminated?.reason },
      state?.terminated?.reason ? 1 : undefined,
    ]),
  ),
  family<Pod>('kube_pod_container_status_last_terminated_reason', pod =>
    each(pod, ({ lastState }) => [
      { reason: lastState?.terminated?.reason },
      lastState?.terminated?.reason ? 1 : undefined,
    ]),
  ),
  family<Pod>('kube_pod_container_status_last_terminated_exitcode', pod =>
    each(pod, ({ lastState }) => [{}, lastState?.terminated?.exitCode]),
  ),
  family<Pod>('kube_pod_container_status_last_terminated_timestamp', pod =>
    each(pod, ({ lastState }) => [{}, seconds(lastState?.terminated?.finishedAt)]),
  ),
  family<Pod>(
    'kube_pod_container_status_restarts_total',
    pod => each(pod, ({ restartCount }) => [{}, restartCount]),
    'counter',
  ),
  family<Pod>('kube_pod_container_state_started', pod =>
    each(pod, ({ state }) => [{}, seconds(state?.running?.startedAt)]),
  ),
  family<Pod>('kube_pod_init_container_status_waiting_reason', pod =>
    eachOf(pod, pod.status?.initContainerStatuses, ({ state }) => [
      { reason: state?.waiting?.reason },
      state?.waiting?.reason ? 1 : undefined,
    ]),
  ),
  family<Pod>(
    'kube_pod_init_container_status_restarts_total',
    pod => eachOf(pod, pod.status?.initContainerStatuses, ({ restartCount }) => [{}, restartCount]),
    'counter',
  ),
  family<Pod>('kube_pod_container_resource_limits', pod => resources(pod, 'limits')),
  family<Pod>('kube_pod_container_resource_requests', pod => resources(pod, 'requests')),
]

const PHASES = ['Pending', 'Succeeded', 'Failed', 'Unknown', 'Running']
const REASONS = ['Evicted', 'NodeAffinity', 'NodeLost', 'Shutdown', 'UnexpectedAdmissionError']

type Labels = Record<string, string | undefined>

function of({ metadata }: Pod) {
  return { namespace: metadata.namespace, pod: metadata.name, uid: metadata.uid }
}

function controllerOf({ metadata }: Pod) {
  return metadata.ownerReferences?.find(({ controller }) => controller)
}

function conditionOf(pod: Pod, type: string): [Labels, number][] {
  const holds = pod.status?.conditions?.find(condition => condition.type === type)?.status.toLowerCase()
  if (holds === undefined) return []
  return ['true', 'false', 'unknown'].map(condition => [
    { ...of(pod), condition },
    Number(condition === holds),
  ])
}

type PerContainer = (status: ContainerStatus) => [Labels, number | undefined]

function each(pod: Pod, read: PerContainer) {
  return eachOf(pod, pod.status?.containerStatuses, read)
}

function eachOf(
  pod: Pod,
  statuses: ContainerStatus[] | undefined,
  read: PerContainer,
): [Labels, number | undefined][] {
  return (statuses ?? []).map(status => {
    const [labels, value] = read(status)
    return [{ ...of(pod), container: status.name, ...labels }, value]
  })
}

const UNITS: Record<string, string> = { cpu: 'core' }

function resources(pod: Pod, kind: 'limits' | 'requests'): [Labels, number][] {
  return pod.spec.containers.flatMap(({ name, resources: declared }) =>
    Object.entries(declared?.[kind] ?? {}).map(([resource, quantity]): [Labels, number] => [
      {
        ...of(pod),
        container: name,
        node: pod.spec.nodeName,
        resource: resource.replace(/\W/g, '_'),
        unit: UNITS[resource] ?? 'byte',
      },
      parseQuantity(quantity),
    ]),
  )
}
