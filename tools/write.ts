import type { WriteCall } from './write-call.ts'

/** One kind of change in another system, and how to find its effect again after a crash. */
export type Write<Input, Output> = {
  /** Makes the change and resolves when it is in place. */
  run(input: Input, call: WriteCall): Promise<Output>
  /** What `run` would have resolved with, if the effect of this very action is in place; else undefined. */
  findEffect(input: Input, call: WriteCall): Promise<Output | undefined>
  /** Where an effect takes its time: whether this very action has requested it, and it is not over yet. */
  isInProgress?(input: Input, call: WriteCall): Promise<boolean>
}
