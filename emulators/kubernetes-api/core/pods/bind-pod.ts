import { json, type Reply } from '../../api/reply.ts'
import type { ApiRequest } from '../../api/request.ts'
import type { Target } from '../../api/target.ts'
import { setCondition } from '../../meta/conditions.ts'
import { toTime } from '../../registry/clock.ts'
import type { Cluster } from '../../registry/cluster.ts'
import { badRequest, conflict } from '../../registry/status-error.ts'
import { pods } from './kind.ts'

/** Handles POST of a Binding: assigns a pod to a node. Throws StatusError. */
export function handleBinding(
  cluster: Cluster,
  { namespace = '', name = '' }: Target,
  { body }: ApiRequest,
): Reply {
  const node = (body as { target?: { name?: string } } | undefined)?.target?.name
  if (!node) throw badRequest('target.name: Required value')
  bindPod(cluster, namespace, name, node)
  return json(201, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 })
}

/** Assigns a pod to a node and sets its PodScheduled condition. Throws StatusError 409 if it is already assigned. */
export function bindPod(cluster: Cluster, namespace: string, name: string, nodeName: string): void {
  const pod = cluster.get(pods, namespace, name)
  if (pod.spec.nodeName)
    throw conflict(pods, name, `pod ${name} is already assigned to node "${pod.spec.nodeName}"`)
  cluster.mutate(
    pods,
    pod,
    draft => {
      draft.spec.nodeName = nodeName
      const condition = { type: 'PodScheduled', status: 'True' as const, lastProbeTime: null }
      draft.status.conditions = setCondition(draft.status.conditions, condition, toTime(cluster.now()))
    },
    { subresource: 'binding' },
  )
}
