import { describeIssue } from '@goalixa/chassis/describe-issue'
import { ExpectedError } from '@goalixa/chassis/errors'
import { fieldsOf } from '@goalixa/chassis/problem'
import type { z } from 'zod'
import type { Role } from '../operators/operator.ts'
import type { Machine } from './machine.ts'
import type { Block } from './presentation/blocks.ts'
import type { SyntraApi } from './syntra-api.ts'

/** What a command does beyond reading: it asks for a change, decides on one, or sends a message. */
export type Effect = 'read' | 'propose' | 'decide' | 'notify'

/** What every surface passes to the command that it runs. */
export type CommandContext = {
  api: SyntraApi
  now: () => Date
  signal: AbortSignal
  /** Whether details are wanted, such as every read of an investigation. */
  isVerbose: boolean
  /** Shows the progress of a long command; absent where only the result counts. */
  onProgress?: (blocks: Block[]) => void
}
/** What the command line adds for commands that no other surface offers. */
export type LocalContext = CommandContext & { machine: Machine }

/** The metadata of a command: the source of its help, its page and its schema. */
export type CommandCard = {
  name: string
  /** Former names, which keep working. */
  aliases?: readonly string[]
  /** One sentence in the imperative, without a full stop. */
  summary: string
  /** What a user has to know beyond the summary. */
  details?: string
  effect: Effect
  /** The lowest role that the API requires for it; null if none. */
  role: Role | null
  /** Offered by the command line only. */
  isLocal?: boolean
  /** Yields results while it runs, instead of one at its end. */
  isStream?: boolean
  /** Each member is described by `.meta({ description, short?, placeholder? })`. */
  input: z.ZodObject
  /** Members of the input that are passed by position. */
  positional?: readonly string[]
  examples: readonly { command: string; explanation: string }[]
}

type Definition<Input extends z.ZodObject, Subject, Result, Context> = Omit<CommandCard, 'input'> & {
  input: Input
  /** Asked before the command runs, on a surface where a person can answer. */
  confirmation?: {
    /** Finds what the command would act on. */
    find(input: z.output<Input>, context: Context): Promise<Subject>
    /** Undefined where there is nothing to confirm. */
    ask(subject: Subject): { blocks: Block[]; question: string } | undefined
    /** Without a person to ask, the command is refused unless it was confirmed in advance. */
    isRequired: boolean
  }
  run(input: z.output<Input>, context: Context, subject: Subject): Promise<Result> | AsyncIterable<Result>
  /** Presents the result to people. */
  present(result: Result, context: { now: Date }): Block[]
  /** Converts the result for machines; by default it is left as it is. */
  toJson?(result: Result): unknown
  /** Whether the answer is "no", which is exit code 1. */
  isNegative?(result: Result): boolean
}

export type Outcome = { json: unknown; blocks: Block[]; isNegative: boolean }
export type Confirmation = { blocks: Block[]; question: string; isRequired: boolean }

/** A command ready to run: its card, and a function that validates input and returns what to confirm and how to run it. */
export type Command<Context = LocalContext> = CommandCard & {
  hasConfirmation: boolean
  /** Throws `invalid` INVALID_INPUT, naming the member. */
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
      const parsed = definition.input.safeParse(raw, { error: describeIssue })
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
