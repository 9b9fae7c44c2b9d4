import { ExpectedError } from '@goalixa/chassis/errors'
import { fieldsOf } from '@goalixa/chassis/problem'
import type { z } from 'zod'
import type { Role } from '../operators/operator.ts'
import type { Machine } from './machine.ts'
import type { Block } from './presentation/blocks.ts'
import type { SyntraApi } from './syntra-api.ts'

/** What a command does beyond reading: it asks for a change, decides on one, or sends a message. */
export type Effect = 'read' | 'propose' | 'decide' | 'notify'

/** What every surface gives to the command that it runs. */
export type CommandContext = {
  api: SyntraApi
  now: () => Date
  signal: AbortSignal
  /** Whether details are wanted, such as every read of an investigation. */
  isVerbose: boolean
  /** Shows how a long command is getting on; absent where only the result counts. */
  onProgress?: (blocks: Block[]) => void
}
/** What the command line adds for the commands that only it offers. */
export type LocalContext = CommandContext & { machine: Machine }

/** What is known of a command without running it: the source of its help, its page and its schema. */
export type CommandCard = {
  name: string
  /** Former names, which keep working. */
  aliases?: readonly string[]
  /** One sentence in the imperative, without a full stop. */
  summary: string
  /** What one has to know beyond the summary. */
  details?: string
  effect: Effect
  /** The least role that the API demands for it; null where it needs none. */
  role: Role | null
  /** Offered by the command line only. */
  isLocal?: boolean
  /** Gives results for as long as it runs, not one at its end. */
  isStream?: boolean
  /** Each member is described by `.meta({ description, short?, placeholder? })`. */
  input: z.ZodObject
  /** Members of the input that are given by position. */
  positional?: readonly string[]
  examples: readonly { command: string; explanation: string }[]
}

type Definition<Input extends z.ZodObject, Subject, Result, Context> = Omit<CommandCard, 'input'> & {
  input: Input
  /** Asked before the command runs, on a surface where somebody can answer. */
  confirmation?: {
    /** What the command would act on. */
    find(input: z.output<Input>, context: Context): Promise<Subject>
    /** Undefined where there is nothing to confirm. */
    ask(subject: Subject): { blocks: Block[]; question: string } | undefined
    /** Refused where nobody can answer, unless it was confirmed in advance. */
    isRequired: boolean
  }
  run(input: z.output<Input>, context: Context, subject: Subject): Promise<Result> | AsyncIterable<Result>
  /** What people see of the result. */
  present(result: Result, context: { now: Date }): Block[]
  /** What machines get of it; by default the result itself. */
  toJson?(result: Result): unknown
  /** Whether the answer is "no", which is exit code 1. */
  isNegative?(result: Result): boolean
}

export type Outcome = { json: unknown; blocks: Block[]; isNegative: boolean }
export type Confirmation = { blocks: Block[]; question: string; isRequired: boolean }

/** A command ready to run: its card, and a function that checks input and gives what to confirm and how to run it. */
export type Command<Context = LocalContext> = CommandCard & {
  hasConfirmation: boolean
  /** Throws `invalid` INVALID_INPUT that names the member. */
  start(
    input: unknown,
    context: Context,
  ): Promise<{ confirmation: Confirmation | undefined; run: () => AsyncIterable<Outcome> }>
}

/** A command that every surface may offer. */
export function defineCommand<Input extends z.ZodObject, Result, Subject = undefined>(
  definition: Definition<Input, Subject, Result, CommandContext>,
): Command<CommandContext> {
  return toCommand(definition)
}

/** A command that needs the machine of the person who runs it. */
export function defineLocalCommand<Input extends z.ZodObject, Result, Subject = undefined>(
  definition: Definition<Input, Subject, Result, LocalContext>,
): Command<LocalContext> {
  return { ...toCommand(definition), isLocal: true }
}

function toCommand<Input extends z.ZodObject, Result, Subject, Context extends CommandContext>(
  definition: Definition<Input, Subject, Result, Context>,
): Command<Context> {
  const { confirmation, run, present, toJson, isNegative, ...card } = definition
  return {
    ...card,
    hasConfirmation: confirmation !== undefined,
    async start(raw, context) {
      const parsed = definition.input.safeParse(raw)
      if (!parsed.success)
        throw new ExpectedError('invalid', 'INVALID_INPUT', `The input of \`${card.name}\` is invalid.`, {
          fields: fieldsOf(parsed.error),
        })
      const input = parsed.data
      const subject = (await confirmation?.find(input, context)) as Subject
      const asked = confirmation?.ask(subject)
      return {
        confirmation: asked && { ...asked, isRequired: confirmation?.isRequired ?? false },
        run: () => outcomes(input, context, subject),
      }
    },
  }

  async function* outcomes(
    input: z.output<Input>,
    context: Context,
    subject: Subject,
  ): AsyncGenerator<Outcome> {
    const running = run(input, context, subject)
    if (!(Symbol.asyncIterator in running)) {
      yield toOutcome(await running, context)
      return
    }
    for await (const result of running) yield toOutcome(result, context)
  }

  function toOutcome(result: Result, context: Context): Outcome {
    return {
      json: toJson ? toJson(result) : result,
      blocks: present(result, { now: context.now() }),
      isNegative: isNegative?.(result) ?? false,
    }
  }
}
