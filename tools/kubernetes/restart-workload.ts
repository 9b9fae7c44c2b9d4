import { ExpectedError } from '@goalixa/chassis/errors'
import { z } from 'zod'
import { ACTION_ID_ANNOTATION } from '../action-id-annotation.ts'
import { parseAnswer } from '../http/parse-answer.ts'
import { ActionId, LabelName, ObjectName } from '../names.ts'
import { defineTool } from '../tool.ts'
import { WorkloadKind, WorkloadSpec } from './workload.ts'

export const restartWorkload = defineTool({
  name: 'kubernetes_restart_workload',
  description: 'Replaces the pods of a workload one after the other, as `kubectl rollout restart` does.',
  effect: 'write',
  risk: 'R2',
  input: z.strictObject({ namespace: LabelName, kind: WorkloadKind, name: ObjectName, actionId: ActionId }),
  async run({ namespace, kind, name, actionId }, { kubernetes, now }, call) {
    const workload = await kubernetes.get(kind, namespace, name, call.signal)
    if (parseAnswer('Kubernetes', WorkloadSpec, workload).spec.paused) {
      throw new ExpectedError(
        'conflict',
        'PAUSED',
        `${kind} ${namespace}/${name} is paused; resume it first.`,
      )
    }
    const annotations = {
      'kubectl.kubernetes.io/restartedAt': now().toISOString(),
      [ACTION_ID_ANNOTATION]: actionId,
    }
    const body = { spec: { template: { metadata: { annotations } } } }
    await kubernetes.patch(kind, namespace, name, { type: 'merge', body }, call)
    return { namespace, kind, name }
  },
  // The action id is in the pod template, where only another template replaces it.
  async findEffect({ namespace, kind, name, actionId }, { kubernetes }, { signal }) {
    const workload = await kubernetes.get(kind, namespace, name, signal)
    const { template } = parseAnswer('Kubernetes', WorkloadSpec, workload).spec
    return template.metadata?.annotations?.[ACTION_ID_ANNOTATION] === actionId
      ? { namespace, kind, name }
      : undefined
  },
})
