import { pluralize } from '@goalixa/chassis/pluralize'
import { numberAt, stringAt } from '../../snapshot/objects/json-path.ts'
import type { Workload } from '../../snapshot/objects/workload.ts'
import type { Predicate } from '../proposal.ts'

type Comparison = Pick<Predicate, 'message' | 'path' | 'op' | 'value' | 'valueAt' | 'defaultValue'>

const STATUS = 'object.status'
const WANTED = 'object.spec.replicas'

/**
 * A rollout is done, by the numbers that `kubectl rollout status` goes by, against what is wanted at that moment: an
 * autoscaler may have moved it. `least`: as many as have to be wanted. Counters that are zero are left out by the API.
 */
export function rolloutComplete(workload: Workload, least: number | null = null): Predicate[] {
  const { kind, name, namespace } = workload
  const read = { tool: 'kubernetes_get_object', args: { namespace: namespace ?? '', kind, name } }
  return [
    {
      message: `the controller has seen the newest ${kind} ${name}`,
      path: `${STATUS}.observedGeneration`,
      op: '>=' as const,
      valueAt: 'object.metadata.generation',
      defaultValue: 0,
    },
    ...(least === null
      ? []
      : [
          {
            message: `${name} wants at least ${pluralize(least, 'pod')}`,
            path: WANTED,
            op: '>=' as const,
            value: least,
          },
        ]),
    ...comparisonsOf(workload),
  ].map(one => ({ ...read, ...one }))
}

function comparisonsOf(workload: Workload): Comparison[] {
  if (workload.kind === 'DaemonSet') return daemonSet(workload)
  return workload.kind === 'StatefulSet' ? statefulSet(workload) : deployment(workload)
}

function deployment({ name }: Workload): Comparison[] {
  return [
    atLeast(`all pods of ${name} are of the current revision`, 'updatedReplicas', WANTED),
    atLeast(`all pods of ${name} are available`, 'availableReplicas', WANTED),
    {
      message: `no others of ${name} are left`,
      path: `${STATUS}.replicas`,
      op: '==',
      valueAt: `${STATUS}.updatedReplicas`,
      defaultValue: 0,
    },
  ]
}

function statefulSet({ name, object }: Workload): Comparison[] {
  const isPartly = (numberAt(object, 'spec.updateStrategy.rollingUpdate.partition') ?? 0) > 0
  const isByHand = stringAt(object, 'spec.updateStrategy.type') === 'OnDelete'
  return [
    atLeast(`all pods of ${name} are ready`, 'readyReplicas', WANTED),
    ...(isPartly || isByHand
      ? []
      : [atLeast(`all pods of ${name} are of the current revision`, 'updatedReplicas', WANTED)]),
  ]
}

function daemonSet({ name, object }: Workload): Comparison[] {
  const wanted = `${STATUS}.desiredNumberScheduled`
  const isByHand = stringAt(object, 'spec.updateStrategy.type') === 'OnDelete'
  return [
    atLeast(`${name} is available on every node`, 'numberAvailable', wanted),
    ...(isByHand
      ? []
      : [atLeast(`all pods of ${name} are of the current revision`, 'updatedNumberScheduled', wanted)]),
  ]
}

function atLeast(message: string, field: string, valueAt: string): Comparison {
  return { message, path: `${STATUS}.${field}`, op: '>=', valueAt, defaultValue: 0 }
}
