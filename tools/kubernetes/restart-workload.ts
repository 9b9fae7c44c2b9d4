import { ExpectedError } from '@goalixa/chassis/errors'
import { z } from 'zod'
import { ACTION_ID_ANNOTATION } from '../action-id-annotation.ts'
import { parseAnswer } from '../http/parse-answer.ts'
import { ActionId, LabelName, ObjectName } from '../names.ts'
import { defineTool } from '../tool.ts'
import { assertUnchanged, patchUnchanged, setAnnotations } from './patch-unchanged.ts'
import { WorkloadKind, WorkloadSpec } from './workload.ts'

const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt'

export const restartWorkload = defineTool({
  name: 'kubernetes_restart_workload',
  description: 'Replaces the pods of a workload one after the other, as `kubectl rollout restart` does.',
  effect: 'write',
  risk: 'R2',
  input: z.strictObject({
    namespace: LabelName,
    kind: WorkloadKind,
    name: ObjectName,
    /** The generation that was approved; any later change of the spec is a conflict. */
    generation: z.number().int().optional(),
    actionId: ActionId,
  }),
  async run({ namespace, kind, name, generation, actionId }, { kubernetes }, call) {
    const workload = await kubernetes.get(kind, namespace, name, call.signal)
    assertUnchanged(workload, { generation })
    const { spec } = parseAnswer('Kubernetes', WorkloadSpec, workload)
    if (spec.paused) {
      throw new ExpectedError(
        'conflict',
        'PAUSED',
        `${kind} ${namespace}/${name} is paused; resume it first.`,
      )
    }
    const { metadata } = spec.template
    const annotations = {
      [RESTARTED_AT]: call.startedAt.toISOString(),
      [ACTION_ID_ANNOTATION]: actionId,
    }
    const operations = metadata
      ? setAnnotations('/spec/template/metadata/annotations', metadata.annotations, annotations)
      : [{ op: 'add' as const, path: '/spec/template/metadata', value: { annotations } }]
    await patchUnchanged(kubernetes, workload, () => operations, call)
    return { namespace, kind, name }
  },
  // Recognised by the start time of our own step, to the millisecond, and not by the action id, which anyone can copy from another restart.
  async findEffect({ namespace, kind, name }, { kubernetes }, { signal, startedAt }) {
    const workload = await kubernetes.get(kind, namespace, name, signal)
    const { template } = parseAnswer('Kubernetes', WorkloadSpec, workload).spec
    return template.metadata?.annotations?.[RESTARTED_AT] === startedAt.toISOString()
      ? { namespace, kind, name }
      : undefined
  },
})
