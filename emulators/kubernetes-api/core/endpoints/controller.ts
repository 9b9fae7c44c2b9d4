import { isDeepStrictEqual } from 'node:util'
import {
  type Context,
  keyOf,
  on,
  parseKey,
  type Running,
  runController,
} from '../../controllers/controller.ts'
import { controllerReference } from '../../controllers/owners.ts'
import { type EndpointSlice, endpointSlices } from '../../discovery/endpoint-slices/kind.ts'
import { matchesSelector } from '../../meta/label-selector.ts'
import type { ResourceKind } from '../../meta/resource-kind.ts'
import { pods } from '../pods/kind.ts'
import type { Pod } from '../pods/pod.ts'
import { services } from '../services/kind.ts'
import type { Service } from '../services/service.ts'
import { buildSlices, buildSubsets, mirrorEndpoints } from './endpoint-addresses.ts'
import { type Endpoints, endpoints } from './kind.ts'

const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by'
const SERVICE_NAME = 'kubernetes.io/service-name'

/**
 * Keeps Endpoints and EndpointSlices of services up to date with the pods that their selectors match. Endpoints of a
 * service without a selector belong to their author; they are mirrored into slices.
 */
export function runEndpointsController(context: Context): Running {
  const { cluster } = context
  const servicesOf = (pod: Pod) =>
    cluster
      .list(services, pod.metadata.namespace)
      .filter(
        ({ spec }) => spec.selector && matchesSelector({ matchLabels: spec.selector }, pod.metadata.labels),
      )
      .map(keyOf)
  return runController({
    name: 'endpoints',
    context,
    interests: [
      on(services, service => [keyOf(service)]),
      on(pods, (pod, { previous }) =>
        previous && isSame(previous, pod)
          ? []
          : [...servicesOf(pod), ...(previous ? servicesOf(previous) : [])],
      ),
      on(endpoints, object => [keyOf(object)]),
    ],
    reconcile: key => reconcile(context, key),
  })
}

function isSame(a: Pod, b: Pod): boolean {
  const part = ({ metadata, status, spec }: Pod) => [
    metadata.labels,
    metadata.deletionTimestamp,
    status.podIP,
    status.phase,
    spec.nodeName,
    status.conditions?.find(condition => condition.type === 'Ready')?.status,
  ]
  return isDeepStrictEqual(part(a), part(b))
}

function reconcile(context: Context, key: string) {
  const { cluster } = context
  const { namespace, name } = parseKey(key)
  const service = cluster.find(services, namespace, name)
  const present = cluster.find(endpoints, namespace, name)
  if (service?.metadata.deletionTimestamp) return
  if (!service) {
    if (present?.metadata.annotations?.[CONTROLLER_LABEL]) cluster.remove(endpoints, namespace, name)
    else if (present) return
    return syncSlices(context, namespace, name, undefined, [])
  }
  if (service.spec.type === 'ExternalName') return
  if (!service.spec.selector)
    return syncSlices(context, namespace, name, service, present ? mirrorEndpoints(present) : [])
  const { selector } = service.spec
  const matching = cluster
    .list(pods, namespace)
    .filter(pod => matchesSelector({ matchLabels: selector }, pod.metadata.labels))
  writeEndpoints(context, service, present, buildSubsets(service, matching))
  syncSlices(context, namespace, name, service, buildSlices(service, matching))
}

// Distinguishes our Endpoints from manually written ones, as the real controller does.
const CONTROLLER_LABEL = 'endpoints.kubernetes.io/last-change-trigger-time'

function writeEndpoints(
  { cluster }: Context,
  service: Service,
  present: Endpoints | undefined,
  subsets: Endpoints['subsets'],
) {
  const { name, namespace, labels } = service.metadata
  if (
    present &&
    isDeepStrictEqual(present.subsets ?? [], subsets ?? []) &&
    isDeepStrictEqual(present.metadata.labels ?? {}, labels ?? {})
  )
    return
  const annotations = { [CONTROLLER_LABEL]: cluster.now().toISOString().replace(/\.\d+/, '') }
  if (!present) cluster.create(endpoints, { metadata: { name, namespace, labels, annotations }, subsets })
  else
    cluster.mutate(endpoints, present, draft => {
      draft.metadata.labels = labels
      draft.metadata.annotations = { ...draft.metadata.annotations, ...annotations }
      draft.subsets = subsets
    })
}

type Wanted = Pick<EndpointSlice, 'endpoints' | 'ports'>

function syncSlices(
  { cluster }: Context,
  namespace: string,
  name: string,
  service: Service | undefined,
  wanted: Wanted[],
) {
  const owned = cluster
    .list(endpointSlices, namespace)
    .filter(
      ({ metadata }) =>
        metadata.labels?.[SERVICE_NAME] === name && metadata.labels?.[MANAGED_BY]?.endsWith('.k8s.io'),
    )
  owned.slice(wanted.length).forEach(slice => {
    cluster.remove(endpointSlices, namespace, slice.metadata.name)
  })
  if (!service) return
  const manager = service.spec.selector
    ? 'endpointslice-controller.k8s.io'
    : 'endpointslicemirroring-controller.k8s.io'
  const labels = { ...service.metadata.labels, [SERVICE_NAME]: name, [MANAGED_BY]: manager }
  wanted.forEach((slice, index) => {
    const present = owned[index]
    if (!present)
      cluster.create(endpointSlices, {
        metadata: {
          generateName: `${name}-`,
          namespace,
          labels,
          ownerReferences: [controllerReference(services as ResourceKind, service)],
        },
        addressType: 'IPv4',
        ...slice,
      })
    else
      cluster.mutate(endpointSlices, present, draft => {
        draft.metadata.labels = labels
        draft.endpoints = slice.endpoints
        draft.ports = slice.ports
      })
  })
}
