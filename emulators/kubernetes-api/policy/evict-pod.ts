import { json, type Reply } from '../api/reply.ts'
import { type ApiRequest, isDryRun } from '../api/request.ts'
import type { Target } from '../api/target.ts'
import { deleteOptions } from '../api/write-objects.ts'
import { pods } from '../core/pods/kind.ts'
import type { Pod } from '../core/pods/pod.ts'
import { matchesSelector } from '../meta/label-selector.ts'
import type { Cluster } from '../registry/cluster.ts'
import { StatusError } from '../registry/status-error.ts'
import { podDisruptionBudgets } from './pod-disruption-budgets/kind.ts'

/** Handles POST of an Eviction: deletes a pod if its disruption budget allows it. Throws StatusError 429 otherwise. */
export function handleEviction(
  cluster: Cluster,
  { namespace = '', name = '' }: Target,
  request: ApiRequest,
): Reply {
  const pod = cluster.get(pods, namespace, name)
  if (isCounted(pod)) consumeBudget(cluster, pod, isDryRun(request.query))
  const options = (request.body as { deleteOptions?: unknown } | undefined)?.deleteOptions
  cluster.remove(pods, namespace, name, deleteOptions({ ...request, body: options }))
  return json(201, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 })
}

function isCounted({ status, metadata }: Pod): boolean {
  return (
    !metadata.deletionTimestamp &&
    status.phase !== 'Succeeded' &&
    status.phase !== 'Failed' &&
    status.phase !== 'Pending'
  )
}

function consumeBudget(cluster: Cluster, pod: Pod, isDry: boolean) {
  const budget = cluster
    .list(podDisruptionBudgets, pod.metadata.namespace)
    .find(candidate => matchesSelector(candidate.spec.selector, pod.metadata.labels))
  if (!budget) return
  if (budget.status.disruptionsAllowed <= 0)
    throw new StatusError(
      429,
      'TooManyRequests',
      "Cannot evict pod as it would violate the pod's disruption budget.",
      {
        causes: [
          {
            reason: 'DisruptionBudget',
            message: `The disruption budget ${budget.metadata.name} needs ${budget.status.desiredHealthy} healthy pods and has ${budget.status.currentHealthy} currently`,
          },
        ],
      },
    )
  if (isDry) return
  cluster.mutate(
    podDisruptionBudgets,
    budget,
    draft => {
      draft.status.disruptionsAllowed -= 1
    },
    { subresource: 'status' },
  )
}
