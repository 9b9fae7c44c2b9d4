import { apiTime } from '@goalixa/emulators-shared/kubernetes/api-time'
import type { Container, ContainerStatus, Pod } from '@goalixa/emulators-shared/kubernetes/objects'

/**
 * Returns the initial status of a container. If an earlier kubelet ran it, its restart count continues, and the lost
 * process becomes its last state, as after a reboot of a node.
 */
export function initialContainerStatus(
  pod: Pod,
  { name, image = '' }: Container,
  isInit: boolean,
): ContainerStatus {
  const earlier = [
    ...(pod.status?.containerStatuses ?? []),
    ...(pod.status?.initContainerStatuses ?? []),
  ].find(status => status.name === name)
  const { running, terminated } = earlier?.state ?? {}
  const lost = running && {
    exitCode: 255,
    reason: 'Unknown',
    startedAt: running.startedAt,
    finishedAt: apiTime(),
    containerID: earlier?.containerID,
  }
  const last = lost ?? terminated
  const hasInits = (pod.spec.initContainers?.length ?? 0) > 0
  return {
    name,
    image,
    imageID: '',
    ready: false,
    started: false,
    restartCount: (earlier?.restartCount ?? 0) + (last ? 1 : 0),
    state: { waiting: { reason: hasInits && !isInit ? 'PodInitializing' : 'ContainerCreating' } },
    lastState: last ? { terminated: last } : (earlier?.lastState ?? {}),
  }
}
