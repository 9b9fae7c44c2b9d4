import { z } from 'zod'
import { ACTION_ID_ANNOTATION } from '../action-id-annotation.ts'
import { parseAnswer } from '../http/parse-answer.ts'
import { ActionId, LabelName, ObjectName } from '../names.ts'
import { defineTool } from '../tool.ts'
import { assertUnchanged, patchUnchanged, setObjectAnnotations } from './patch-unchanged.ts'
import { WorkloadSpec } from './workload.ts'

export const scaleWorkload = defineTool({
  name: 'kubernetes_scale_workload',
  description: 'Sets the desired replicas of a Deployment or StatefulSet.',
  effect: 'write',
  risk: 'R2',
  input: z.strictObject({
    namespace: LabelName,
    kind: z.enum(['Deployment', 'StatefulSet']),
    name: ObjectName,
    replicas: z.number().int().min(0).max(1_000),
    /** The spec as approved, or as the action itself left it; any later change is a conflict. */
    generation: z.number().int().optional(),
    actionId: ActionId,
  }),
  // Not through /scale: only a patch of the object itself can carry the action id.
  async run({ namespace, kind, name, replicas, generation, actionId }, { kubernetes }, call) {
    const workload = await kubernetes.get(kind, namespace, name, call.signal)
    assertUnchanged(workload, { generation })
    await patchUnchanged(
      kubernetes,
      workload,
      object => [
        { op: 'add', path: '/spec/replicas', value: replicas },
        ...setObjectAnnotations(object, { [ACTION_ID_ANNOTATION]: actionId }),
      ],
      call,
    )
    return { namespace, kind, name, replicas }
  },
  // The replica count is the effect, whoever set it; the action id only keeps the same count of an earlier action from counting as ours.
  async findEffect({ namespace, kind, name, replicas, actionId }, { kubernetes }, { signal }) {
    const workload = await kubernetes.get(kind, namespace, name, signal)
    const isOurs = workload.metadata.annotations?.[ACTION_ID_ANNOTATION] === actionId
    const { spec } = parseAnswer('Kubernetes', WorkloadSpec, workload)
    return isOurs && spec.replicas === replicas ? { namespace, kind, name, replicas } : undefined
  },
})
