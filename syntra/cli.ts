import { ExpectedError } from '@goalixa/chassis/errors'
import { CommanderError } from 'commander'
import pc from 'picocolors'
import { buildCli } from './cli/build-cli.ts'
import { plain } from './cli/plain.ts'

// The operators' command line. Exit codes: 0 done, 1 it did not work or the answer is "no", 2 wrong usage, 130 stopped.
const ending = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ending.abort())
// Who reads us may stop before the end, as `head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(0)
})

const program = buildCli({
  isTerminal: process.stdin.isTTY === true && process.stdout.isTTY === true,
  signal: ending.signal,
  write: text => process.stdout.write(text),
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
    // Commander has said what is wrong; --help and --version come this way as well.
    process.exitCode = error.exitCode === 0 ? 0 : 2
    return
  }
  process.exitCode = error instanceof ExpectedError && error.kind === 'invalid' ? 2 : 1
  process.stderr.write(
    `${pc.red('syntra:')} ${error instanceof Error ? plain(error.message) : String(error)}\n`,
  )
  if (error instanceof ExpectedError)
    for (const { field, expected } of error.fields)
      process.stderr.write(`  ${plain(field)}: ${plain(expected)}\n`)
})
