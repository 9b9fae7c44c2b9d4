import type { Command } from 'commander'
import { readLogin } from './cli-config.ts'
import { createSyntraClient, type SyntraClient } from './syntra-client.ts'

/** What every command gets: where to write, whether as JSON, and Syntra itself. */
export type Context = {
  isJson: boolean
  isVerbose: boolean
  isTerminal: boolean
  /** Of the terminal that is written to; undefined where lines may be as long as they are. */
  columns: number | undefined
  signal: AbortSignal
  write: (text: string) => void
  syntra: () => Promise<SyntraClient>
  env: NodeJS.ProcessEnv | undefined
}

type Globals = { json?: boolean; verbose?: boolean; url?: string; key?: string }

/** The context of a command, from the options that all commands share. */
export function contextOf(
  command: Command,
  io: Pick<Context, 'isTerminal' | 'columns' | 'signal' | 'write' | 'env'>,
): Context {
  const globals = command.optsWithGlobals<Globals>()
  return {
    ...io,
    isJson: globals.json ?? false,
    isVerbose: globals.verbose ?? false,
    syntra: async () => createSyntraClient(await readLogin(globals, io.env)),
  }
}
