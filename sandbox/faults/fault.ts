import type { z } from 'zod'
import type { Platform } from '../platform/start-platform.ts'

/** A fault, or a decoy that only looks like one: its parameters, and how it is injected into a running platform. */
export type Fault<P extends z.ZodType = z.ZodType> = {
  params: P
  inject(params: z.infer<P>, platform: Platform): Promise<void>
}

/** Declares a fault; only infers its types. */
export function defineFault<P extends z.ZodType>(fault: Fault<P>): Fault<P> {
  return fault
}
