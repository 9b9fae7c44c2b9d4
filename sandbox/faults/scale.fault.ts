import { z } from 'zod'
import { APPS, NAMESPACE } from '../platform/settings.ts'
import { defineFault } from './fault.ts'

/** A manual change of the replica count that bypasses Git. */
export const scaleFault = defineFault({
  params: z.strictObject({ service: z.enum(APPS), replicas: z.number().int().min(0) }),
  async inject({ service, replicas }, { kubernetes }) {
    await kubernetes.scale(NAMESPACE, service, replicas)
  },
})
