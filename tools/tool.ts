import type { z } from 'zod'
import type { Clients } from './clients.ts'

/** How far a write reaches: R1 notifies, R2 one workload and reversible, R3 a user-facing path, R4 data or irreversible. */
export type Risk = 'R0' | 'R1' | 'R2' | 'R3' | 'R4'

type Card<I extends z.ZodType, O> = {
  /** `<system>_<verb>_<noun>`, unique in the catalog. */
  name: string
  /** One sentence for a person and for a model. */
  description: string
  input: I
  run(input: z.infer<I>, clients: Clients, signal: AbortSignal): Promise<O>
}

/** A tool that only reads. Running it again changes nothing. */
export type ReadTool<I extends z.ZodType = z.ZodType, O = unknown> = Card<I, O> & {
  effect: 'read'
  /** Which end of the result's lists is kept when they are too long; the start unless said. */
  newestAt?: 'start' | 'end'
}

/** A tool that changes something. `isDone` looks whether the effect of this very action is already there. */
export type WriteTool<I extends z.ZodType = z.ZodType, O = unknown> = Card<I, O> & {
  effect: 'write'
  risk: Risk
  /** It only tells people or systems something, so that there is nothing to take back. */
  onlyTells?: true
  /** How long one call may take where it waits for an end; the executor's own limit unless said. */
  timeoutMs?: number
  /** Resolves with what `run` would have resolved with if this action's effect is in place, else with undefined. */
  isDone(input: z.infer<I>, clients: Clients, signal: AbortSignal): Promise<O | undefined>
  /** Where an effect takes its time: whether what this very action has asked for is known, though it is not done. */
  wasAskedFor?(input: z.infer<I>, clients: Clients, signal: AbortSignal): Promise<boolean>
}

export type Tool = ReadTool | WriteTool

/** Declares a tool; only fixes its types. */
export function defineTool<I extends z.ZodType, O>(tool: ReadTool<I, O>): ReadTool<I, O>
export function defineTool<I extends z.ZodType, O>(tool: WriteTool<I, O>): WriteTool<I, O>
export function defineTool<T>(tool: T): T {
  return tool
}
