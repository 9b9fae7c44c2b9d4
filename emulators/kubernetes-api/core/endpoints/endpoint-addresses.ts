import type { Endpoint, EndpointSlice } from '../../discovery/endpoint-slices/kind.ts'
import type { Pod } from '../pods/pod.ts'
import { isPodReady } from '../pods/readiness.ts'
import type { Service, ServicePort } from '../services/service.ts'
import type { EndpointAddress, EndpointSubset, Endpoints } from './kind.ts'

type Port = { name?: string; port: number; protocol?: string }
type Slice = Pick<EndpointSlice, 'endpoints' | 'ports'>

/** Builds the subsets of a service: ready and unready addresses by the ports that they serve. */
export function buildSubsets(service: Service, pods: Pod[]): EndpointSubset[] {
  const groups = groupByPorts(
    service,
    pods.filter(pod => !pod.metadata.deletionTimestamp),
  )
  return groups.map(({ ports, members }) => {
    const isServing = (pod: Pod) => isPodReady(pod) || service.spec.publishNotReadyAddresses === true
    const addresses = members.filter(isServing).map(addressOf)
    const notReadyAddresses = members.filter(pod => !isServing(pod)).map(addressOf)
    return {
      ...(addresses.length > 0 ? { addresses } : {}),
      ...(notReadyAddresses.length > 0 ? { notReadyAddresses } : {}),
      ...(ports.length > 0 ? { ports } : {}),
    }
  })
}

/** Builds the slices of a service. Terminating pods stay in them, marked as such. */
export function buildSlices(service: Service, pods: Pod[]): Slice[] {
  const groups = groupByPorts(service, pods)
  if (groups.length === 0) return [{ endpoints: [], ports: [] }]
  return groups.map(({ ports, members }) => ({
    ports: ports.map(withName),
    endpoints: members.map(pod => sliceEndpoint(service, pod)),
  }))
}

/** Builds the slices that mirror manually written Endpoints. */
export function mirrorEndpoints({ subsets = [] }: Endpoints): Slice[] {
  return subsets.map(({ addresses = [], notReadyAddresses = [], ports = [] }) => ({
    ports: ports.map(withName),
    endpoints: [
      ...addresses.map(address => mirrored(address, true)),
      ...notReadyAddresses.map(address => mirrored(address, false)),
    ],
  }))
}

// A port without a name has an empty one in a slice; clients read it unchecked.
function withName(port: Port): Port {
  return { ...port, name: port.name ?? '' }
}

function mirrored({ ip, nodeName, hostname, targetRef }: EndpointAddress, ready: boolean): Endpoint {
  return {
    addresses: [ip],
    conditions: { ready },
    ...(nodeName ? { nodeName } : {}),
    ...(hostname ? { hostname } : {}),
    ...(targetRef ? { targetRef } : {}),
  }
}

function groupByPorts(service: Service, pods: Pod[]): { ports: Port[]; members: Pod[] }[] {
  const serving = pods
    .filter(({ status }) => status.podIP && status.phase !== 'Succeeded' && status.phase !== 'Failed')
    .toSorted((a, b) => (a.status.podIP ?? '').localeCompare(b.status.podIP ?? '', 'en', { numeric: true }))
    .map(pod => ({ pod, ports: portsFor(service, pod) }))
    // A pod that does not declare a port of that name is not an endpoint.
    .filter(({ ports }) => ports.length > 0 || (service.spec.ports ?? []).length === 0)
  const groups = Map.groupBy(serving, ({ ports }) => JSON.stringify(ports))
  return [...groups.values()].map(list => ({
    ports: list[0]?.ports ?? [],
    members: list.map(({ pod }) => pod),
  }))
}

function portsFor({ spec }: Service, pod: Pod): Port[] {
  return (spec.ports ?? []).flatMap(port => {
    const number = targetOf(port, pod)
    return number === undefined
      ? []
      : [{ ...(port.name ? { name: port.name } : {}), port: number, protocol: port.protocol }]
  })
}

function targetOf({ targetPort, port, protocol }: ServicePort, { spec }: Pod): number | undefined {
  if (targetPort === undefined || targetPort === 0) return port
  if (typeof targetPort === 'number') return targetPort
  const ports = spec.containers.flatMap(container => container.ports ?? [])
  return ports.find(port => port.name === targetPort && (port.protocol ?? 'TCP') === protocol)?.containerPort
}

function addressOf({ status, spec, metadata }: Pod): EndpointAddress {
  const { name, namespace, uid } = metadata
  return {
    ip: status.podIP ?? '',
    nodeName: spec.nodeName,
    ...hostOf(spec),
    targetRef: { kind: 'Pod', namespace, name, uid },
  }
}

function sliceEndpoint({ spec }: Service, pod: Pod): Endpoint {
  const { name, namespace, uid, deletionTimestamp } = pod.metadata
  const serving = isPodReady(pod)
  const terminating = deletionTimestamp !== undefined
  const ready = spec.publishNotReadyAddresses === true || (serving && !terminating)
  return {
    addresses: [pod.status.podIP ?? ''],
    conditions: { ready, serving, terminating },
    nodeName: pod.spec.nodeName,
    ...hostOf(pod.spec),
    targetRef: { kind: 'Pod', namespace, name, uid },
  }
}

function hostOf({ hostname, subdomain }: Pod['spec']): { hostname?: string } {
  return hostname && subdomain ? { hostname } : {}
}
