import type { Condition, KubeObject } from '../../meta/kube-object.ts'
import type { PodSpec } from './pod-spec.ts'

export type ContainerState = {
  waiting?: { reason?: string; message?: string }
  running?: { startedAt?: string }
  terminated?: {
    exitCode: number
    signal?: number
    reason?: string
    message?: string
    startedAt?: string
    finishedAt?: string
  }
}

export type ContainerStatus = {
  name: string
  ready: boolean
  started?: boolean
  restartCount: number
  image?: string
  imageID?: string
  containerID?: string
  state?: ContainerState
  lastState?: ContainerState
}

export type PodStatus = {
  phase?: string
  conditions?: Condition[]
  reason?: string
  message?: string
  podIP?: string
  podIPs?: { ip: string }[]
  hostIP?: string
  startTime?: string
  qosClass?: string
  nominatedNodeName?: string
  containerStatuses?: ContainerStatus[]
  initContainerStatuses?: ContainerStatus[]
}

export type Pod = KubeObject & { spec: PodSpec; status: PodStatus }
