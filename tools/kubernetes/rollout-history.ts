import { z } from 'zod'
import { LabelName, ObjectName } from '../names.ts'
import { defineTool } from '../tool.ts'
import { PodTemplate, podTemplateOf } from './pod-template.ts'
import { replicaSetsOf } from './replica-sets-of.ts'

/** The result of `kubernetes_rollout_history`, newest revision first. */
export const RolloutHistory = z.object({
  revisions: z.array(
    z.object({
      revision: z.number(),
      replicaSet: z.string(),
      createdAt: z.string().nullable(),
      replicas: z.number(),
      readyReplicas: z.number(),
      template: PodTemplate,
    }),
  ),
})
export type RolloutHistory = z.infer<typeof RolloutHistory>

const Status = z.looseObject({ replicas: z.number().optional(), readyReplicas: z.number().optional() })

export const rolloutHistory = defineTool({
  name: 'kubernetes_rollout_history',
  description: 'Lists the revisions of a deployment with their pod templates, newest first.',
  effect: 'read',
  input: z.strictObject({ namespace: LabelName, name: ObjectName }),
  async run({ namespace, name }, { kubernetes }, signal): Promise<RolloutHistory> {
    const deployment = await kubernetes.get('Deployment', namespace, name, signal)
    const owned = await replicaSetsOf(kubernetes, deployment, signal)
    return {
      revisions: owned.map(({ revision, replicaSet }) => {
        const status = Status.safeParse(replicaSet.status).data
        return {
          revision,
          replicaSet: replicaSet.metadata.name,
          createdAt: replicaSet.metadata.creationTimestamp ?? null,
          replicas: status?.replicas ?? 0,
          readyReplicas: status?.readyReplicas ?? 0,
          template: podTemplateOf(replicaSet),
        }
      }),
    }
  },
})
