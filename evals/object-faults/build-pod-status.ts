import { secondsAgo } from './build-objects.ts'
import type { PodObject, Symptom } from './object-fault.ts'

type ContainerOfSpec = { name: string; image: string }

/** Builds the status of a pod as a kubelet writes it: running and ready, or with the symptom. */
export function buildPodStatus({ spec }: PodObject, podIp: string, symptom: Symptom | undefined) {
  const startedAt = secondsAgo(30)
  const isReady = symptom === undefined
  const phase = symptom?.phase ?? 'Running'
  const statusOf = ({ name, image }: ContainerOfSpec, change: Record<string, unknown>) => ({
    name,
    image,
    imageID: image,
    ready: isReady,
    started: isReady,
    restartCount: 0,
    state: { running: { startedAt } },
    ...change,
  })
  const waitingForInit = symptom?.init ? { state: { waiting: { reason: 'PodInitializing' } } } : {}
  const condition = (type: string, isTrue: boolean) => ({
    type,
    status: isTrue ? 'True' : 'False',
    lastTransitionTime: secondsAgo(10),
    ...(isTrue || type === 'Initialized'
      ? {}
      : { reason: 'ContainersNotReady', message: 'containers with unready status: [web]' }),
  })
  return {
    phase,
    hostIP: '127.0.0.1',
    podIP: podIp,
    podIPs: [{ ip: podIp }],
    startTime: startedAt,
    conditions: [
      condition('Initialized', symptom?.init === undefined),
      condition('Ready', isReady),
      condition('ContainersReady', isReady),
    ],
    ...(spec.initContainers
      ? {
          initContainerStatuses: spec.initContainers.map(container =>
            statusOf(
              container,
              symptom?.init ?? { ready: true, state: { terminated: { exitCode: 0, reason: 'Completed' } } },
            ),
          ),
        }
      : {}),
    containerStatuses: spec.containers.map((container, index) =>
      statusOf(container, index === 0 ? { ...waitingForInit, ...symptom?.container } : waitingForInit),
    ),
    ...symptom?.status,
  }
}
