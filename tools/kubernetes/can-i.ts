import { z } from 'zod'
import { LabelName, ObjectName } from '../names.ts'
import { defineTool } from '../tool.ts'
import { Kind } from './kinds.ts'

/** The result of `kubernetes_can_i`. */
export const CanI = z.object({ allowed: z.boolean() })
export type CanI = z.infer<typeof CanI>

export const canI = defineTool({
  name: 'kubernetes_can_i',
  description: 'Checks whether RBAC allows Syntra itself to act on one object.',
  effect: 'read',
  input: z.strictObject({
    verb: z.enum(['get', 'list', 'patch']),
    namespace: LabelName,
    kind: Kind,
    name: ObjectName,
  }),
  async run({ verb, namespace, kind, name }, { kubernetes }, signal): Promise<CanI> {
    return { allowed: await kubernetes.canI({ verb, namespace, kind, name }, signal) }
  },
})
