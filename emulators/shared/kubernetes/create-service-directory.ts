import type { Log } from '@goalixa/chassis/log'
import type { KubernetesClient } from './create-kubernetes-client.ts'
import type { EndpointSlice, Endpoints, Metadata, Service } from './objects.ts'
import { watchObjects } from './watch-objects.ts'

/** One address of a Service port. `portName` is '' for a single unnamed port. */
export type Endpoint = {
  portName: string
  address: string
  port: number
  isReady: boolean
  hostname?: string
}

type Options = { client: KubernetesClient; log: Log; onChange: (namespace: string, name: string) => void }

/**
 * Keeps the Services and their endpoints up to date. EndpointSlices take precedence; a manually written Endpoints
 * object counts only if no slice belongs to the Service (a real cluster mirrors it into slices).
 */
export function createServiceDirectory({ client, log, onChange }: Options) {
  const slicesOf = new Map<string, Map<string, EndpointSlice>>()
  const services = watchObjects<Service>({
    client,
    log,
    path: '/api/v1/services',
    onChange: (_change, { metadata }) => onChange(metadata.namespace, metadata.name),
  })
  const slices = watchObjects<EndpointSlice>({
    client,
    log,
    path: '/apis/discovery.k8s.io/v1/endpointslices',
    onChange: (change, slice) => {
      const name = slice.metadata.labels?.['kubernetes.io/service-name']
      if (name === undefined) return
      const key = `${slice.metadata.namespace}/${name}`
      const known = slicesOf.get(key) ?? new Map<string, EndpointSlice>()
      if (change === 'deleted') known.delete(slice.metadata.name)
      else known.set(slice.metadata.name, slice)
      slicesOf.set(key, known)
      onChange(slice.metadata.namespace, name)
    },
  })
  const endpoints = watchObjects<Endpoints>({
    client,
    log,
    path: '/api/v1/endpoints',
    onChange: (_change, { metadata }: { metadata: Metadata }) => onChange(metadata.namespace, metadata.name),
  })

  return {
    async start() {
      await Promise.all([services.start(), slices.start(), endpoints.start()])
    },
    stop() {
      for (const watcher of [services, slices, endpoints]) watcher.stop()
    },
    services: services.list,
    service: services.get,
    endpointsOf(namespace: string, name: string): Endpoint[] {
      const known = [...(slicesOf.get(`${namespace}/${name}`)?.values() ?? [])]
      if (known.length > 0) return known.flatMap(ofSlice)
      const manual = endpoints.get(namespace, name)
      return manual ? ofEndpoints(manual) : []
    },
  }
}
export type ServiceDirectory = ReturnType<typeof createServiceDirectory>

function ofSlice(slice: EndpointSlice): Endpoint[] {
  return (slice.ports ?? []).flatMap(({ name, port }) =>
    (slice.endpoints ?? []).flatMap(endpoint =>
      endpoint.addresses.slice(0, 1).map(address => ({
        portName: name ?? '',
        address,
        port: port ?? 0,
        isReady: endpoint.conditions?.ready !== false,
        hostname: endpoint.hostname,
      })),
    ),
  )
}

function ofEndpoints({ subsets = [] }: Endpoints): Endpoint[] {
  return subsets.flatMap(subset =>
    (subset.ports ?? []).flatMap(({ name, port }) => {
      const read = (isReady: boolean) => (address: { ip: string; hostname?: string }) => ({
        portName: name ?? '',
        address: address.ip,
        port,
        isReady,
        hostname: address.hostname,
      })
      return [
        ...(subset.addresses ?? []).map(read(true)),
        ...(subset.notReadyAddresses ?? []).map(read(false)),
      ]
    }),
  )
}
