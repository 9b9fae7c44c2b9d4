import { isDeepStrictEqual } from 'node:util'
import { ExpectedError } from '@goalixa/chassis/errors'
import { z } from 'zod'
import { ACTION_ID_ANNOTATION } from '../action-id-annotation.ts'
import { ActionId, LabelName, ObjectName } from '../names.ts'
import { defineTool } from '../tool.ts'
import type { KubernetesClient } from './kubernetes-client.ts'
import type { KubernetesObject } from './kubernetes-object.ts'
import { assertUnchanged, patchUnchanged, testAnnotations } from './patch-unchanged.ts'
import { podTemplateOf } from './pod-template.ts'
import { replicaSetsOf } from './replica-sets-of.ts'

const Input = z
  .strictObject({
    namespace: LabelName,
    name: ObjectName,
    toRevision: z.number().int().min(1),
    /** The approved Deployment; any change since, even of its status, is a conflict. */
    resourceVersion: z.string().optional(),
    /** The approved spec of the Deployment; changes of its status do not matter. */
    generation: z.number().int().optional(),
    actionId: ActionId,
  })
  .refine(input => input.resourceVersion !== undefined || input.generation !== undefined, {
    path: ['resourceVersion'],
    error: 'expected the resourceVersion or the generation that was approved',
  })

/** Source of the algorithm: kubectl pkg/polymorphichelpers/rollback.go; the tests of the patch are added. */
export const undoRollout = defineTool({
  name: 'kubernetes_undo_rollout',
  description:
    'Restores the pod template of an earlier revision of a Deployment, and nothing but the template.',
  effect: 'write',
  risk: 'R3',
  input: Input,
  async run(input, { kubernetes }, call) {
    const { namespace, name, toRevision, actionId } = input
    const deployment = await kubernetes.get('Deployment', namespace, name, call.signal)
    assertUnchanged(deployment, input)
    if (isPaused(deployment)) {
      throw new ExpectedError(
        'conflict',
        'PAUSED',
        `Deployment ${namespace}/${name} is paused; resume it first.`,
      )
    }
    const replicaSet = await revisionOrThrow(kubernetes, deployment, toRevision, call.signal)
    const template = podTemplateOf(replicaSet)
    if (isDeepStrictEqual(template, podTemplateOf(deployment))) {
      throw new ExpectedError(
        'conflict',
        'ALREADY_THERE',
        `Deployment ${namespace}/${name} already has the template of revision ${toRevision}.`,
      )
    }
    await patchUnchanged(
      kubernetes,
      deployment,
      object => {
        assertUnchanged(object, input)
        const annotations = { ...annotationsAfter(object, replicaSet), [ACTION_ID_ANNOTATION]: actionId }
        return [
          // Annotations do not raise the generation, and all of them are replaced.
          testAnnotations(object),
          { op: 'replace', path: '/spec/template', value: template },
          { op: 'add', path: '/metadata/annotations', value: annotations },
        ]
      },
      call,
    )
    return { namespace, name, toRevision }
  },
  // Recognised by the template, which is compared even if the action id is ours: the undo of the same action may have rolled forward
  // again, and anyone can write the id.
  async findEffect({ namespace, name, toRevision, actionId }, { kubernetes }, { signal }) {
    const deployment = await kubernetes.get('Deployment', namespace, name, signal)
    if (deployment.metadata.annotations?.[ACTION_ID_ANNOTATION] !== actionId) return undefined
    const owned = await replicaSetsOf(kubernetes, deployment, signal)
    // When a replica set is reused, the controller gives it a new revision number and keeps the earlier ones in an annotation.
    const target = owned.find(({ revision, earlierRevisions }) =>
      [revision, ...earlierRevisions].includes(toRevision),
    )
    if (target === undefined) return undefined
    return isDeepStrictEqual(podTemplateOf(target.replicaSet), podTemplateOf(deployment))
      ? { namespace, name, toRevision }
      : undefined
  },
})

const State = z.looseObject({ spec: z.looseObject({ paused: z.boolean().optional() }) })

function isPaused(deployment: KubernetesObject): boolean {
  return State.safeParse(deployment).data?.spec.paused === true
}

async function revisionOrThrow(
  kubernetes: KubernetesClient,
  deployment: KubernetesObject,
  toRevision: number,
  signal: AbortSignal,
): Promise<KubernetesObject> {
  const owned = await replicaSetsOf(kubernetes, deployment, signal)
  const found = owned.find(({ revision }) => revision === toRevision)
  if (found) return found.replicaSet
  const known = owned.map(({ revision }) => revision).join(', ')
  throw new ExpectedError(
    'missing',
    'UNKNOWN_REVISION',
    `Deployment ${deployment.metadata.name} has no revision ${toRevision}; its revisions are ${known || 'none'}.`,
  )
}

// These six remain the Deployment's own; all others come from the ReplicaSet.
const OWN = [
  'kubectl.kubernetes.io/last-applied-configuration',
  'deployment.kubernetes.io/revision',
  'deployment.kubernetes.io/revision-history',
  'deployment.kubernetes.io/desired-replicas',
  'deployment.kubernetes.io/max-replicas',
  'deprecated.deployment.rollback.to',
]

function annotationsAfter(
  deployment: KubernetesObject,
  replicaSet: KubernetesObject,
): Record<string, string> {
  const own = Object.entries(deployment.metadata.annotations ?? {}).filter(([key]) => OWN.includes(key))
  const others = Object.entries(replicaSet.metadata.annotations ?? {}).filter(([key]) => !OWN.includes(key))
  return Object.fromEntries([...own, ...others])
}
