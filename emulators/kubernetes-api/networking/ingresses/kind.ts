import { columnsOf } from '../../meta/columns.ts'
import { invalid, required } from '../../meta/field-error.ts'
import type { KubeObject } from '../../meta/kube-object.ts'
import type { ResourceKind } from '../../meta/resource-kind.ts'

type IngressBackend = { service?: { name: string; port?: { name?: string; number?: number } } }

type IngressRule = {
  host?: string
  http?: { paths: { path?: string; pathType?: string; backend: IngressBackend }[] }
}

export type Ingress = KubeObject & {
  spec: { ingressClassName?: string; rules?: IngressRule[]; tls?: unknown[]; defaultBackend?: IngressBackend }
  status: { loadBalancer?: { ingress?: { ip?: string; hostname?: string }[] } }
}

export const ingresses: ResourceKind<Ingress> = {
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'Ingress',
  plural: 'ingresses',
  singular: 'ingress',
  shortNames: ['ing'],
  isNamespaced: true,
  subresources: ['status'],
  hasGeneration: true,
  model: 'V1Ingress',
  columns: columnsOf<Ingress>([
    { name: 'Class', read: ({ spec }) => spec.ingressClassName ?? '<none>' },
    { name: 'Hosts', read: ({ spec }) => (spec.rules ?? []).map(({ host }) => host ?? '*').join(',') || '*' },
    {
      name: 'Address',
      read: ({ status }) =>
        (status?.loadBalancer?.ingress ?? []).map(address => address.ip ?? address.hostname).join(','),
    },
    { name: 'Ports', read: ({ spec }) => ((spec.tls ?? []).length > 0 ? '80, 443' : '80') },
  ]),
  setDefaults(ingress, previous) {
    if (!previous) ingress.status = { loadBalancer: {} }
  },
  validate: ({ spec }) => {
    if (!spec?.rules?.length && !spec?.defaultBackend)
      return [invalid('spec', spec, 'either `defaultBackend` or `rules` must be specified')]
    return (spec.rules ?? []).flatMap(({ http }, rule) =>
      (http?.paths ?? []).flatMap(({ path, pathType, backend }, index) => {
        const at = `spec.rules[${rule}].http.paths[${index}]`
        return [
          ...(pathType ? [] : [required(`${at}.pathType`, 'pathType must be specified')]),
          ...(path && !path.startsWith('/') ? [invalid(`${at}.path`, path, 'must be an absolute path')] : []),
          ...(backend?.service?.name ? [] : [required(`${at}.backend.service.name`)]),
        ]
      }),
    )
  },
}
