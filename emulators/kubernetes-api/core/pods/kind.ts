import { isDeepStrictEqual } from 'node:util'
import { columnsOf } from '../../meta/columns.ts'
import { forbidden } from '../../meta/field-error.ts'
import type { FieldError, ResourceKind } from '../../meta/resource-kind.ts'
import { podColumns } from './columns.ts'
import type { Pod } from './pod.ts'
import { type Container, type PodSpec, setPodSpecDefaults, type Toleration } from './pod-spec.ts'
import { validatePodSpec } from './validate-pod-spec.ts'

export const pods: ResourceKind<Pod> = {
  group: '',
  version: 'v1',
  kind: 'Pod',
  plural: 'pods',
  singular: 'pod',
  shortNames: ['po'],
  categories: ['all'],
  isNamespaced: true,
  subresources: ['status'],
  model: 'V1Pod',
  columns: columnsOf(podColumns.beforeAge, podColumns.afterAge),
  fields: pod => ({
    'spec.nodeName': pod.spec.nodeName ?? '',
    'spec.restartPolicy': pod.spec.restartPolicy ?? '',
    'spec.schedulerName': pod.spec.schedulerName ?? '',
    'spec.serviceAccountName': pod.spec.serviceAccountName ?? '',
    'spec.hostNetwork': String(pod.spec.hostNetwork ?? false),
    'status.phase': pod.status?.phase ?? '',
    'status.podIP': pod.status?.podIP ?? '',
    'status.nominatedNodeName': pod.status?.nominatedNodeName ?? '',
  }),
  setDefaults(pod, previous) {
    if (!pod.spec) return
    setPodSpecDefaults(pod.spec)
    pod.spec.serviceAccountName ??= 'default'
    pod.spec.serviceAccount = pod.spec.serviceAccountName
    pod.spec.enableServiceLinks ??= true
    pod.spec.priority ??= 0
    pod.spec.preemptionPolicy ??= 'PreemptLowerPriority'
    for (const container of [...(pod.spec.containers ?? []), ...(pod.spec.initContainers ?? [])])
      requestLimits(container)
    if (previous) return
    pod.spec.tolerations = withNodeTolerations(pod.spec.tolerations ?? [])
    pod.status = { phase: 'Pending', qosClass: qosClassOf(pod.spec) }
  },
  validate: (pod, previous) => [...validatePodSpec('spec', pod.spec), ...validatePodUpdate(pod, previous)],
}

function requestLimits({ resources }: Container) {
  if (!resources?.limits) return
  resources.requests = { ...resources.limits, ...resources.requests }
}

function withNodeTolerations(tolerations: Toleration[]): Toleration[] {
  const added = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']
    .filter(
      key =>
        !tolerations.some(
          toleration =>
            (toleration.key === key || !toleration.key) &&
            (!toleration.effect || toleration.effect === 'NoExecute'),
        ),
    )
    .map(key => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }))
  return [...tolerations, ...added]
}

/** Returns Guaranteed, Burstable or BestEffort. Source: Kubernetes, "Pod Quality of Service Classes". */
export function qosClassOf({ containers = [], initContainers = [] }: PodSpec): string {
  const all = [...containers, ...initContainers].map(({ resources = {} }) => resources)
  const isBestEffort = all.every(
    ({ requests = {}, limits = {} }) => Object.keys({ ...requests, ...limits }).length === 0,
  )
  if (isBestEffort) return 'BestEffort'
  const isGuaranteed = all.every(({ requests = {}, limits = {} }) =>
    ['cpu', 'memory'].every(
      name => limits[name] !== undefined && (requests[name] ?? limits[name]) === limits[name],
    ),
  )
  return isGuaranteed ? 'Guaranteed' : 'Burstable'
}

function validatePodUpdate(pod: Pod, previous: Pod | undefined): FieldError[] {
  if (!previous || isDeepStrictEqual(fixedPartOf(pod.spec), fixedPartOf(previous.spec))) return []
  return [
    forbidden(
      'spec',
      'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
    ),
  ]
}

// The binding sets nodeName through its own subresource; a plain update may not change it.
function fixedPartOf(spec: PodSpec): unknown {
  const withoutImage = (container: Container) => ({ ...container, image: '' })
  return {
    ...spec,
    activeDeadlineSeconds: null,
    tolerations: null,
    containers: spec.containers.map(withoutImage),
    initContainers: spec.initContainers?.map(withoutImage) ?? [],
  }
}
