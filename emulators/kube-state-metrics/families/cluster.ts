import type {
  EndpointSlice,
  Endpoints,
  Ingress,
  Node,
  Service,
} from '@goalixa/emulators-shared/kubernetes/objects'
import { parseQuantity } from '@goalixa/emulators-shared/kubernetes/parse-quantity'
import { conditionSamples, type Family, family, labelLabels, seconds } from '../family.ts'

/** Source: https://github.com/kubernetes/kube-state-metrics/blob/main/docs/metrics/cluster/node-metrics.md */
export const nodeFamilies: Family<Node>[] = [
  family('kube_node_info', ({ metadata, status }) => [
    [
      {
        node: metadata.name,
        kubelet_version: status?.nodeInfo?.kubeletVersion,
        container_runtime_version: status?.nodeInfo?.containerRuntimeVersion,
        internal_ip: status?.addresses?.find(({ type }) => type === 'InternalIP')?.address,
      },
      1,
    ],
  ]),
  family('kube_node_created', ({ metadata }) => [
    [{ node: metadata.name }, seconds(metadata.creationTimestamp)],
  ]),
  family('kube_node_labels', ({ metadata }) => [
    [{ node: metadata.name, ...labelLabels(metadata.labels) }, 1],
  ]),
  family('kube_node_spec_unschedulable', ({ metadata, spec }) => [
    [{ node: metadata.name }, Number(spec?.unschedulable ?? false)],
  ]),
  family('kube_node_status_condition', ({ metadata, status }) =>
    conditionSamples({ node: metadata.name }, status?.conditions),
  ),
  family('kube_node_status_capacity', ({ metadata, status }) => sizes(metadata.name, status?.capacity)),
  family('kube_node_status_allocatable', ({ metadata, status }) => sizes(metadata.name, status?.allocatable)),
]

/** Source: https://github.com/kubernetes/kube-state-metrics/blob/main/docs/metrics/service/service-metrics.md */
export const serviceFamilies: Family<Service>[] = [
  family('kube_service_info', ({ metadata, spec }) => [
    [
      {
        namespace: metadata.namespace,
        service: metadata.name,
        uid: metadata.uid,
        cluster_ip: spec?.clusterIP,
        external_name: spec?.externalName,
      },
      1,
    ],
  ]),
  family('kube_service_created', ({ metadata }) => [
    [{ namespace: metadata.namespace, service: metadata.name }, seconds(metadata.creationTimestamp)],
  ]),
  family('kube_service_labels', ({ metadata }) => [
    [{ namespace: metadata.namespace, service: metadata.name, ...labelLabels(metadata.labels) }, 1],
  ]),
  family('kube_service_spec_type', ({ metadata, spec }) => [
    [{ namespace: metadata.namespace, service: metadata.name, type: spec?.type ?? 'ClusterIP' }, 1],
  ]),
]

/**
 * Includes the counts under their older names, which many existing rules still use. Source:
 * https://github.com/kubernetes/kube-state-metrics/blob/main/docs/metrics/service/endpoint-metrics.md
 */
export const endpointsFamilies: Family<Endpoints>[] = [
  family('kube_endpoint_info', endpoints => [[ofEndpoints(endpoints), 1]]),
  family('kube_endpoint_address', endpoints => [
    ...addresses(endpoints, 'addresses').map((ip): [Record<string, string>, number] => [
      { ip, ready: 'true', ...ofEndpoints(endpoints) },
      1,
    ]),
    ...addresses(endpoints, 'notReadyAddresses').map((ip): [Record<string, string>, number] => [
      { ip, ready: 'false', ...ofEndpoints(endpoints) },
      1,
    ]),
  ]),
  family('kube_endpoint_address_available', endpoints => [
    [ofEndpoints(endpoints), addresses(endpoints, 'addresses').length],
  ]),
  family('kube_endpoint_address_not_ready', endpoints => [
    [ofEndpoints(endpoints), addresses(endpoints, 'notReadyAddresses').length],
  ]),
]

/** Source: https://github.com/kubernetes/kube-state-metrics/blob/main/docs/metrics/service/endpointslice-metrics.md */
export const endpointSliceFamilies: Family<EndpointSlice>[] = [
  family('kube_endpointslice_endpoints', slice =>
    (slice.endpoints ?? []).flatMap(({ addresses: ips, conditions, targetRef }) =>
      ips.map((address): [Record<string, string | undefined>, number] => [
        {
          namespace: slice.metadata.namespace,
          endpointslice: slice.metadata.name,
          address,
          ready: String(conditions?.ready !== false),
          serving: String(conditions?.serving !== false),
          terminating: String(conditions?.terminating ?? false),
          targetref_kind: targetRef?.kind,
          targetref_name: targetRef?.name,
          targetref_namespace: targetRef?.namespace,
        },
        1,
      ]),
    ),
  ),
]

/** Source: https://github.com/kubernetes/kube-state-metrics/blob/main/docs/metrics/service/ingress-metrics.md */
export const ingressFamilies: Family<Ingress>[] = [
  family('kube_ingress_info', ({ metadata, spec }) => [
    [{ namespace: metadata.namespace, ingress: metadata.name, ingressclass: spec?.ingressClassName }, 1],
  ]),
  family('kube_ingress_path', ({ metadata, spec }) =>
    (spec?.rules ?? []).flatMap(({ host, http }) =>
      (http?.paths ?? []).map(({ path, backend }): [Record<string, string | undefined>, number] => [
        {
          namespace: metadata.namespace,
          ingress: metadata.name,
          host,
          path,
          service_name: backend.service?.name,
          service_port: String(backend.service?.port?.name ?? backend.service?.port?.number ?? ''),
        },
        1,
      ]),
    ),
  ),
]

function ofEndpoints({ metadata }: Endpoints) {
  return { namespace: metadata.namespace, endpoint: metadata.name }
}

function addresses({ subsets = [] }: Endpoints, kind: 'addresses' | 'notReadyAddresses'): string[] {
  return [...new Set(subsets.flatMap(subset => (subset[kind] ?? []).map(({ ip }) => ip)))]
}

function sizes(node: string, quantities: Record<string, string> = {}): [Record<string, string>, number][] {
  return Object.entries(quantities).map(([name, quantity]) => [
    { node, resource: name.replace(/\W/g, '_'), unit: UNITS[name] ?? 'byte' },
    parseQuantity(quantity),
  ])
}

const UNITS: Record<string, string> = { cpu: 'core', pods: 'integer' }
