import { z } from 'zod'
import { APPS, NAMESPACE } from '../platform/settings.ts'
import { defineFault } from './fault.ts'

/** A decoy: a warning about a pod that no longer exists, still in the list of events. */
export const oldWarningFault = defineFault({
  params: z.strictObject({
    service: z.enum(APPS),
    minutesAgo: z.number().default(40),
    reason: z.string(),
    message: z.string(),
  }),
  async inject({ service, minutesAgo, reason, message }, { kubernetes }) {
    const at = new Date(Date.now() - minutesAgo * 60_000).toISOString().replace(/\.\d+Z$/, 'Z')
    const pod = `${service}-5c8f7d9b44-old01`
    await kubernetes.create(`/api/v1/namespaces/${NAMESPACE}/events`, {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { generateName: `${pod}.`, namespace: NAMESPACE },
      involvedObject: { apiVersion: 'v1', kind: 'Pod', namespace: NAMESPACE, name: pod },
      type: 'Warning',
      reason,
      message,
      count: 3,
      firstTimestamp: at,
      lastTimestamp: at,
      source: { component: 'kubelet' },
    })
  },
})
