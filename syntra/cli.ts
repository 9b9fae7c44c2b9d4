import { ExpectedError } from '@goalixa/chassis/errors'
import { exitOnEpipe } from '@goalixa/chassis/exit-on-epipe'
import { CommanderError } from 'commander'
import { buildCli } from './cli/build-cli.ts'
import { formatFailure } from './cli/format-failure.ts'

// The operators' command line. `bin/syntra --help` lists the exit codes.
const ending = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ending.abort())
exitOnEpipe(process.stdout, () => process.exit(0))

const isJson = process.argv.includes('--json')
const program = buildCli({
  isTerminal: process.stdin.isTTY === true && process.stdout.isTTY === true,
  columns: process.stdout.columns,
  signal: ending.signal,
  write: text => process.stdout.write(text),
  // With --json, usage errors are reported below, like every other failure.
  writeError: text => isJson || process.stderr.write(text),
  env: undefined,
  setExitCode: code => {
    process.exitCode = code
  },
})

await program.parseAsync().catch((error: unknown) => {
  if (ending.signal.aborted) {
    process.exitCode = 130
    return
  }
  if (error instanceof CommanderError) {
    // Commander has reported the error; --help and --version end here too.
    process.exitCode = error.exitCode === 0 ? 0 : 2
    if (isJson && error.exitCode !== 0) process.stderr.write(formatFailure(error, true))
    return
  }
  process.exitCode = error instanceof ExpectedError && error.kind === 'invalid' ? 2 : 1
  process.stderr.write(formatFailure(error, isJson))
})
