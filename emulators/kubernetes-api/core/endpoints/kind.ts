import { formatAge } from '../../meta/columns.ts'
import type { KubeObject, ObjectReference } from '../../meta/kube-object.ts'
import type { ResourceKind } from '../../meta/resource-kind.ts'

export type EndpointAddress = {
  ip: string
  nodeName?: string
  hostname?: string
  targetRef?: ObjectReference
}

export type EndpointSubset = {
  addresses?: EndpointAddress[]
  notReadyAddresses?: EndpointAddress[]
  ports?: { name?: string; port: number; protocol?: string }[]
}

export type Endpoints = KubeObject & { subsets?: EndpointSubset[] }

export const endpoints: ResourceKind<Endpoints> = {
  group: '',
  version: 'v1',
  kind: 'Endpoints',
  plural: 'endpoints',
  singular: 'endpoints',
  shortNames: ['ep'],
  isNamespaced: true,
  model: 'V1Endpoints',
  columns: [
    { name: 'Name', format: 'name', read: object => object.metadata.name },
    { name: 'Endpoints', read: endpointsText },
    { name: 'Age', read: (object, now) => formatAge(object.metadata.creationTimestamp, now) },
  ],
  setDefaults({ subsets = [] }) {
    for (const subset of subsets) for (const port of subset.ports ?? []) port.protocol ??= 'TCP'
  },
}

function endpointsText({ subsets = [] }: Endpoints): string {
  const all = subsets.flatMap(({ addresses = [], ports = [] }) =>
    ports.length === 0
      ? addresses.map(({ ip }) => ip)
      : ports.flatMap(({ port }) => addresses.map(({ ip }) => `${ip}:${port}`)),
  )
  if (all.length === 0) return '<none>'
  return all.length > 3 ? `${all.slice(0, 3).join(',')} + ${all.length - 3} more...` : all.join(',')
}
