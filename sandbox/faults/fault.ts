import type { z } from 'zod'
import type { Platform } from '../platform/start-platform.ts'

/** A way to do harm (or, as a decoy, to look harmful): what it needs to know, and how it is done to a running platform. */
export type Fault<P extends z.ZodType = z.ZodType> = {
  kind: string
  params: P
  inject(params: z.infer<P>, platform: Platform): Promise<void>
}

/** Declares a fault; only fixes its types. */
export function defineFault<P extends z.ZodType>(fault: Fault<P>): Fault<P> {
  return fault
}
