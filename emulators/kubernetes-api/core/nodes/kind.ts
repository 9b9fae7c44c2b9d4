import { columnsOf } from '../../meta/columns.ts'
import type { Condition, KubeObject } from '../../meta/kube-object.ts'
import type { ResourceKind } from '../../meta/resource-kind.ts'

export type Taint = { key: string; value?: string; effect: string; timeAdded?: string }
export type Node = KubeObject & {
  spec: {
    unschedulable?: boolean
    taints?: Taint[]
    podCIDR?: string
    podCIDRs?: string[]
    providerID?: string
  }
  status: {
    capacity?: Record<string, string>
    allocatable?: Record<string, string>
    conditions?: Condition[]
    addresses?: { type: string; address: string }[]
    daemonEndpoints?: { kubeletEndpoint?: { Port: number } }
    nodeInfo?: Record<string, string>
  }
}

export const nodes: ResourceKind<Node> = {
  group: '',
  version: 'v1',
  kind: 'Node',
  plural: 'nodes',
  singular: 'node',
  shortNames: ['no'],
  isNamespaced: false,
  subresources: ['status'],
  keepsStatusOnCreate: true,
  model: 'V1Node',
  columns: columnsOf(
    [
      { name: 'Status', read: statusText },
      { name: 'Roles', read: rolesText },
    ],
    [
      { name: 'Version', read: ({ status }) => status.nodeInfo?.kubeletVersion ?? '' },
      { name: 'Internal-IP', priority: 1, read: node => addressOf(node, 'InternalIP') },
      { name: 'External-IP', priority: 1, read: node => addressOf(node, 'ExternalIP') },
      { name: 'OS-Image', priority: 1, read: ({ status }) => status.nodeInfo?.osImage || '<unknown>' },
      {
        name: 'Kernel-Version',
        priority: 1,
        read: ({ status }) => status.nodeInfo?.kernelVersion || '<unknown>',
      },
      {
        name: 'Container-Runtime',
        priority: 1,
        read: ({ status }) => status.nodeInfo?.containerRuntimeVersion || '<unknown>',
      },
    ],
  ),
  fields: ({ spec }) => ({ 'spec.unschedulable': String(spec?.unschedulable ?? false) }),
  setDefaults(node) {
    node.spec ??= {}
    node.status ??= {}
    node.status.allocatable ??= node.status.capacity
  },
}

/** Returns whether the node's kubelet reports it as Ready. */
export function isNodeReady(node: Node): boolean {
  return (
    node.status.conditions?.some(condition => condition.type === 'Ready' && condition.status === 'True') ??
    false
  )
}

/** Returns an address of the node by type; `<none>` if it has none. */
export function addressOf(node: Node, type: string): string {
  return node.status.addresses?.find(address => address.type === type)?.address ?? '<none>'
}

function statusText(node: Node): string {
  const ready = node.status.conditions?.find(condition => condition.type === 'Ready')
  const word = ready ? readyWord(ready.status) : 'Unknown'
  return node.spec.unschedulable ? `${word},SchedulingDisabled` : word
}

function readyWord(status: string): string {
  return status === 'True' ? 'Ready' : 'NotReady'
}

function rolesText(node: Node): string {
  const prefix = 'node-role.kubernetes.io/'
  const roles = Object.keys(node.metadata.labels ?? {}).filter(key => key.startsWith(prefix))
  return (
    roles
      .map(key => key.slice(prefix.length))
      .toSorted()
      .join(',') || '<none>'
  )
}
