import type { z } from 'zod'
import type { Clients } from './clients.ts'
import type { RiskClass } from './risk-class.ts'
import type { WriteCall } from './write-call.ts'

type Card<I extends z.ZodType, Name extends string> = {
  /** `<system or port>_<verb>_<object>`, unique in the catalog. */
  name: Name
  /** One sentence for a person and for a model. */
  description: string
  input: I
}

/** A tool that only reads. Running it again changes nothing. */
export type ReadTool<I extends z.ZodType = z.ZodType, O = unknown, Name extends string = string> = Card<
  I,
  Name
> & {
  effect: 'read'
  run(input: z.infer<I>, clients: Clients, signal: AbortSignal): Promise<O>
  /** Which end of the result's lists is kept when they are too long; by default the start. */
  newestAt?: 'start' | 'end'
}

/** A tool that changes something, and that finds its own effect again. */
export type WriteTool<I extends z.ZodType = z.ZodType, O = unknown, Name extends string = string> = Card<
  I,
  Name
> & {
  effect: 'write'
  run(input: z.infer<I>, clients: Clients, call: WriteCall): Promise<O>
  /** The least that a call of it is; what is proposed may be of a higher class, by what it is done to. */
  risk: RiskClass
  /** It only informs people or systems, so there is nothing to undo. */
  isNotification?: true
  /** How long one call may take where it waits for a result; by default the executor's own limit. */
  timeoutMs?: number
  /** Resolves with what `run` would have resolved with if the effect of this very action is in place, else with undefined. */
  findEffect(input: z.infer<I>, clients: Clients, call: WriteCall): Promise<O | undefined>
  /** Where an effect takes its time: whether this very action has requested it, and it is not over yet. */
  isInProgress?(input: z.infer<I>, clients: Clients, call: WriteCall): Promise<boolean>
}

export type Tool = ReadTool | WriteTool

/** Declares a tool; only fixes its types. */
export function defineTool<I extends z.ZodType, O, const Name extends string>(
  tool: ReadTool<I, O, Name>,
): ReadTool<I, O, Name>
export function defineTool<I extends z.ZodType, O, const Name extends string>(
  tool: WriteTool<I, O, Name>,
): WriteTool<I, O, Name>
export function defineTool<T>(tool: T): T {
  return tool
}
