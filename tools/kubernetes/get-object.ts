import { ExpectedError } from '@goalixa/chassis/errors'
import { z } from 'zod'
import { LabelName, ObjectName } from '../names.ts'
import { defineTool } from '../tool.ts'
import { isClusterScoped, Kind } from './kinds.ts'
import { KubernetesObject } from './kubernetes-object.ts'

/** The result of `kubernetes_get_object`; null if there is no such object. */
export const GotObject = z.object({ object: KubernetesObject.nullable() })
export type GotObject = z.infer<typeof GotObject>

export const getObject = defineTool({
  name: 'kubernetes_get_object',
  description:
    'Reads one object as the API returns it, or null if it does not exist; a Secret with keys only.',
  effect: 'read',
  input: z
    .strictObject({ namespace: LabelName.optional(), kind: Kind, name: ObjectName })
    .refine(({ namespace, kind }) => namespace !== undefined || isClusterScoped(kind), {
      path: ['namespace'],
      error: 'expected a namespace for a namespaced kind',
    }),
  async run({ namespace, kind, name }, { kubernetes }, signal): Promise<GotObject> {
    try {
      return { object: await kubernetes.get(kind, namespace ?? null, name, signal) }
    } catch (error) {
      if (error instanceof ExpectedError && error.kind === 'missing') return { object: null }
      throw error
    }
  },
})
