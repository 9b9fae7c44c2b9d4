import { ageOf, columnsOf, labelsText } from './columns.ts'
import { duplicate, invalid, required, unsupported } from './fault.ts'
import type { KubeObject } from './kube-object.ts'
import type { Fault, ResourceKind } from './resource-kind.ts'
import { portFaults } from './validate-pod-spec.ts'

export type ServicePort = {
  name?: string
  port: number
  targetPort?: number | string
  protocol?: string
  nodePort?: number
  appProtocol?: string
}
export type Service = KubeObject & {
  spec: {
    type?: string
    clusterIP?: string
    clusterIPs?: string[]
    selector?: Record<string, string>
    ports?: ServicePort[]
    externalName?: string
    externalIPs?: string[]
    sessionAffinity?: string
    ipFamilies?: string[]
    ipFamilyPolicy?: string
    internalTrafficPolicy?: string
    publishNotReadyAddresses?: boolean
    [field: string]: unknown
  }
  status: { loadBalancer?: Record<string, unknown> }
}

const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']

export const services: ResourceKind<Service> = {
  group: '',
  version: 'v1',
  kind: 'Service',
  plural: 'services',
  singular: 'service',
  shortNames: ['svc'],
  categories: ['all'],
  isNamespaced: true,
  subresources: ['status'],
  nameRule: 'label',
  model: 'V1Service',
  columns: [
    ...columnsOf<Service>([
      { name: 'Type', read: ({ spec }) => spec.type ?? '' },
      { name: 'Cluster-IP', read: ({ spec }) => spec.clusterIP || '<none>' },
      { name: 'External-IP', read: ({ spec }) => externalText(spec) },
      { name: 'Port(s)', read: ({ spec }) => (spec.ports ?? []).map(portText).join(',') || '<none>' },
    ]),
    { name: 'Selector', priority: 1, read: ({ spec }) => labelsText(spec.selector) },
  ],
  fields: ({ spec }) => ({ 'spec.clusterIP': spec.clusterIP ?? '', 'spec.type': spec.type ?? '' }),
  setDefaults(service, previous) {
    const { spec } = service
    if (!spec) return
    spec.type ??= 'ClusterIP'
    spec.sessionAffinity ??= 'None'
    if (spec.type !== 'ExternalName') {
      spec.internalTrafficPolicy ??= 'Cluster'
      spec.ipFamilies ??= ['IPv4']
      spec.ipFamilyPolicy ??= 'SingleStack'
      if (previous?.spec.clusterIP && !spec.clusterIP) spec.clusterIP = previous.spec.clusterIP
      if (spec.clusterIP) spec.clusterIPs ??= [spec.clusterIP]
    }
    for (const port of spec.ports ?? []) {
      port.protocol ??= 'TCP'
      if (spec.type !== 'ExternalName') port.targetPort ??= port.port
    }
    if (!previous) service.status = { loadBalancer: {} }
  },
  validate: ({ spec }, previous) => {
    if (!spec) return [required('spec.ports')]
    const faults: Fault[] = []
    if (!TYPES.includes(spec.type ?? '')) faults.push(unsupported('spec.type', spec.type, TYPES))
    const isHeadless = spec.clusterIP === 'None'
    if ((spec.ports ?? []).length === 0 && spec.type !== 'ExternalName' && !isHeadless)
      faults.push(required('spec.ports'))
    if (spec.type === 'ExternalName' && !spec.externalName) faults.push(required('spec.externalName'))
    faults.push(...portsFaults(spec.ports ?? []))
    const before = previous?.spec.clusterIP
    if (
      before &&
      spec.type !== 'ExternalName' &&
      previous?.spec.type !== 'ExternalName' &&
      spec.clusterIP !== before
    )
      faults.push(invalid('spec.clusterIPs[0]', spec.clusterIPs, 'may not change once set'))
    return faults
  },
}

function portsFaults(ports: ServicePort[]): Fault[] {
  const names = new Set<string>()
  return ports.flatMap((port, index) => {
    const at = `spec.ports[${index}]`
    const faults = portFaults(`${at}.port`, port.port)
    if (typeof port.targetPort === 'number') faults.push(...portFaults(`${at}.targetPort`, port.targetPort))
    if (ports.length > 1 && !port.name) faults.push(required(`${at}.name`))
    if (port.name && names.has(port.name)) faults.push(duplicate(`${at}.name`, port.name))
    names.add(port.name ?? '')
    return faults
  })
}

function externalText({ type, externalName, externalIPs = [] }: Service['spec']): string {
  if (type === 'ExternalName') return externalName ?? ''
  if (externalIPs.length > 0) return externalIPs.join(',')
  return type === 'LoadBalancer' ? '<pending>' : '<none>'
}

function portText({ port, nodePort, protocol }: ServicePort): string {
  return nodePort ? `${port}:${nodePort}/${protocol}` : `${port}/${protocol}`
}

export type EndpointAddress = {
  ip: string
  nodeName?: string
  hostname?: string
  targetRef?: ObjectReference
}
export type ObjectReference = {
  kind?: string
  namespace?: string
  name?: string
  uid?: string
  apiVersion?: string
  resourceVersion?: string
  fieldPath?: string
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
    { name: 'Age', read: (object, now) => ageOf(object.metadata.creationTimestamp, now) },
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
