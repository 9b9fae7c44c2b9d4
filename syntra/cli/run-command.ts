import { ExpectedError } from '@goalixa/chassis/errors'
import type { Command, LocalContext } from '../commands/define-command.ts'
import type { Login } from '../commands/machine.ts'
import type { Block } from '../commands/presentation/blocks.ts'
import { readLogin, saveLogin } from './login-file.ts'
import { promptSecret, promptYesNo } from './prompt.ts'
import { renderBlocks } from './render-blocks.ts'
import { stringifyForTerminal } from './stringify-for-terminal.ts'
import { createSyntraClient } from './syntra-client.ts'

/** Where a command line reads and writes. */
export type Io = {
  /** Whether a person can be prompted. */
  isTerminal: boolean
  /** Columns of the terminal; undefined where nothing is to be wrapped. */
  columns?: number
  signal: AbortSignal
  write: (text: string) => void
  /** Where usage errors are written; stderr by default. */
  writeError?: (text: string) => void
  env: NodeJS.ProcessEnv | undefined
  setExitCode: (code: number) => void
}

/** The options that all commands share. */
export type GlobalOptions = Partial<Login> & { json?: boolean; verbose?: boolean }

type Run = { command: Command; input: unknown; isConfirmed: boolean; globals: GlobalOptions; io: Io }

/** Runs a command: asks for confirmation where the command requires it, and prints progress and results as text or as JSON. */
export async function runCommand({ command, input, isConfirmed, globals, io }: Run): Promise<void> {
  const { json: isJson = false } = globals
  const print = (blocks: Block[]) => io.write(renderBlocks(blocks, io.columns))
  let hasProgress = false
  const showProgress = (blocks: Block[]) => {
    hasProgress = true
    print(blocks)
  }
  const { confirmation, run } = await command.start(input, createContext())

  if (confirmation && !isConfirmed) {
    if (!isJson) print([...confirmation.blocks, { type: 'paragraph', text: '' }])
    if (io.isTerminal) {
      if (!(await promptYesNo(confirmation.question, io.signal)))
        return io.write('Aborted; no decision recorded.\n')
    } else if (confirmation.isRequired)
      throw new ExpectedError(
        'invalid',
        'NOT_CONFIRMED',
        `\`${command.name}\` was not confirmed: standard input is not a terminal. Confirm with --yes.`,
      )
  }
  for await (const outcome of run()) {
    if (isJson) io.write(`${stringifyForTerminal(outcome.json, command.isStream ? undefined : 2)}\n`)
    else print(hasProgress ? [{ type: 'paragraph', text: '' }, ...outcome.blocks] : outcome.blocks)
    if (outcome.isNegative) io.setExitCode(1)
  }

  function createContext(): LocalContext {
    const { signal, env, isTerminal } = io
    return {
      // A command that needs no server must not fail because of an invalid login.
      api: createSyntraClient(() => readLogin(globals, env)),
      now: () => new Date(),
      isVerbose: globals.verbose ?? false,
      signal,
      onProgress: isJson ? undefined : showProgress,
      machine: {
        readLogin: () => readLogin(globals, env),
        hasKeyOption: globals.key !== undefined,
        saveLogin: login => saveLogin(login, env),
        askSecret: async question => (isTerminal ? promptSecret(question, signal) : undefined),
        connect: createSyntraClient,
      },
    }
  }
}
