import { columnsOf, formatLabels } from '../../meta/columns.ts'
import { invalid, required, unsupported } from '../../meta/field-error.ts'
import type { FieldError, ResourceKind } from '../../meta/resource-kind.ts'
import type { Service, ServicePort } from './service.ts'
import { validateServicePorts } from './validate.ts'

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
    { name: 'Selector', priority: 1, read: ({ spec }) => formatLabels(spec.selector) },
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
    const errors: FieldError[] = []
    if (!TYPES.includes(spec.type ?? '')) errors.push(unsupported('spec.type', spec.type, TYPES))
    const isHeadless = spec.clusterIP === 'None'
    if ((spec.ports ?? []).length === 0 && spec.type !== 'ExternalName' && !isHeadless)
      errors.push(required('spec.ports'))
    if (spec.type === 'ExternalName' && !spec.externalName) errors.push(required('spec.externalName'))
    errors.push(...validateServicePorts(spec.ports ?? []))
    const before = previous?.spec.clusterIP
    if (
      before &&
      spec.type !== 'ExternalName' &&
      previous?.spec.type !== 'ExternalName' &&
      spec.clusterIP !== before
    )
      errors.push(invalid('spec.clusterIPs[0]', spec.clusterIPs, 'may not change once set'))
    return errors
  },
}

function externalText({ type, externalName, externalIPs = [] }: Service['spec']): string {
  if (type === 'ExternalName') return externalName ?? ''
  if (externalIPs.length > 0) return externalIPs.join(',')
  return type === 'LoadBalancer' ? '<pending>' : '<none>'
}

function portText({ port, nodePort, protocol }: ServicePort): string {
  return nodePort ? `${port}:${nodePort}/${protocol}` : `${port}/${protocol}`
}
