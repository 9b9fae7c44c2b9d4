import { cpus, hostname, platform, release, totalmem } from 'node:os'
import type { Node } from '@goalixa/emulators-shared/kubernetes/objects'
import { nodeArchitecture } from './node-architecture.ts'

type Options = {
  name: string
  ip: string
  port: number
  cpu?: string
  memory?: string
  now: string
  since: string
  isReady: boolean
}
type NodeStatus = NonNullable<Node['status']>

/** Not newer than the control plane: Kubernetes does not support a newer kubelet. */
const KUBELET_VERSION = 'v1.32.0'

/** Builds the status of this node in the form of the API. */
export function buildNodeStatus({ name, ip, port, cpu, memory, now, since, isReady }: Options): NodeStatus {
  const capacity = {
    cpu: cpu ?? String(cpus().length),
    memory: memory ?? `${Math.floor(totalmem() / 1_024)}Ki`,
    pods: '110',
    'ephemeral-storage': '50Gi',
  }
  const condition = (type: string, isTrue: boolean, reason: string, message: string) => ({
    type,
    status: isTrue ? 'True' : 'False',
    reason,
    message,
    lastHeartbeatTime: now,
    lastTransitionTime: since,
  })
  return {
    capacity,
    allocatable: capacity,
    addresses: [
      { type: 'InternalIP', address: ip },
      { type: 'Hostname', address: name },
    ],
    daemonEndpoints: { kubeletEndpoint: { Port: port } },
    conditions: [
      condition(
        'MemoryPressure',
        false,
        'KubeletHasSufficientMemory',
        'kubelet has sufficient memory available',
      ),
      condition('DiskPressure', false, 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
      condition('PIDPressure', false, 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
      isReady
        ? condition('Ready', true, 'KubeletReady', 'kubelet is posting ready status')
        : condition('Ready', false, 'KubeletNotReady', 'kubelet is shutting down'),
    ],
    nodeInfo: {
      architecture: nodeArchitecture(),
      bootID: '',
      containerRuntimeVersion: 'sandbox://1.0.0',
      kernelVersion: release(),
      kubeProxyVersion: KUBELET_VERSION,
      kubeletVersion: KUBELET_VERSION,
      machineID: hostname(),
      operatingSystem: platform(),
      osImage: `processes on ${platform()}`,
      systemUUID: '',
    },
  }
}
