import type { WriteToolInput, WriteToolName } from '@goalixa/tools/catalog'
import { z } from 'zod'

/** The write tools that an action may consist of. The executor calls no others, whatever a stored proposal contains. */
export const STEP_TOOLS = [
  'kubernetes_undo_rollout',
  'kubernetes_restart_workload',
  'kubernetes_scale_workload',
  'delivery_rollback_app',
  'delivery_sync_app',
  'delivery_set_auto_sync',
  'delivery_refresh_app',
  'forge_open_revert',
  'forge_merge_revert',
  'forge_close_revert',
] as const satisfies readonly WriteToolName[]
export const StepTool = z.enum(STEP_TOOLS)
export type StepTool = z.infer<typeof StepTool>

/** A tool that a stored step names and this version does not have. The step is shown; the executor rejects it. */
export const RemovedTool = z.templateLiteral(['removed:', z.string()])
export type RemovedTool = z.infer<typeof RemovedTool>

/** The source of an argument that exists only once a step of `steps` (counted from 1) is done: the dotted path in its result. */
export const ArgumentSource = z.object({ step: z.number().int().min(1), path: z.string() })
export type ArgumentSource = z.infer<typeof ArgumentSource>

/** One call of a write tool. `args` hold everything but `actionId`, which the executor adds. */
export const Step = z.object({
  tool: z.union([StepTool, RemovedTool]),
  args: z.record(z.string(), z.json()),
  /** What the step does, as a sentence in the imperative. */
  message: z.string(),
  from: z.record(z.string(), ArgumentSource).optional(),
})
export type Step = z.infer<typeof Step>

/** A step of the undo. Without `undoes` it always runs. */
export const UndoStep = Step.extend({
  /** The step (counted from 1) that it undoes; skipped where that step did not run. */
  undoes: z.number().int().min(1).optional(),
  /** Skipped where this step ran too, which makes it unnecessary. */
  unless: z.number().int().min(1).optional(),
})
export type UndoStep = z.infer<typeof UndoStep>

type Arguments<Tool extends StepTool> = Omit<WriteToolInput<Tool>, 'actionId'>
type Call<Tool extends StepTool> = {
  args: Partial<Arguments<Tool>>
  from?: Partial<Record<keyof Arguments<Tool>, ArgumentSource>>
  message: string
}

/** Creates a step, with the arguments checked against its tool: a misspelt or mistyped one is a type error. */
export function createStep<Tool extends StepTool>(tool: Tool, { args, from, message }: Call<Tool>): Step {
  return {
    tool,
    // The input of a tool is JSON; its generic type does not show that.
    args: args as Step['args'],
    ...(from === undefined ? {} : { from: from as Step['from'] }),
    message,
  }
}
