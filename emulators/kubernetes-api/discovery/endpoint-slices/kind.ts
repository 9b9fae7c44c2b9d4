import { columnsOf } from '../../meta/columns.ts'
import type { KubeObject, ObjectReference } from '../../meta/kube-object.ts'
import type { ResourceKind } from '../../meta/resource-kind.ts'

export type Endpoint = {
  addresses: string[]
  conditions?: { ready?: boolean; serving?: boolean; terminating?: boolean }
  nodeName?: string
  hostname?: string
  targetRef?: ObjectReference
}
export type EndpointSlice = KubeObject & {
  addressType: string
  endpoints: Endpoint[]
  ports?: { name?: string; port?: number; protocol?: string; appProtocol?: string }[]
}

export const endpointSlices: ResourceKind<EndpointSlice> = {
  group: 'discovery.k8s.io',
  version: 'v1',
  kind: 'EndpointSlice',
  plural: 'endpointslices',
  singular: 'endpointslice',
  isNamespaced: true,
  hasGeneration: true,
  model: 'V1EndpointSlice',
  columns: columnsOf([
    { name: 'AddressType', read: slice => slice.addressType },
    { name: 'Ports', read: slice => (slice.ports ?? []).map(({ port }) => port).join(',') || '<unset>' },
    {
      name: 'Endpoints',
      read: slice =>
        slice.endpoints
          ?.flatMap(endpoint => endpoint.addresses)
          .slice(0, 3)
          .join(',') || '<unset>',
    },
  ]),
  setDefaults(slice) {
    slice.endpoints ??= []
    for (const port of slice.ports ?? []) port.protocol ??= 'TCP'
  },
}
