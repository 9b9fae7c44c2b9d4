import { z } from 'zod'

/** The kinds of workload that can be restarted. */
export const WorkloadKind = z.enum(['Deployment', 'StatefulSet', 'DaemonSet'])

/** What the write tools read of a workload. */
export const WorkloadSpec = z.looseObject({
  spec: z.looseObject({
    paused: z.boolean().optional(),
    replicas: z.number().optional(),
    template: z.looseObject({
      metadata: z.looseObject({ annotations: z.record(z.string(), z.string()).optional() }).optional(),
    }),
  }),
})
