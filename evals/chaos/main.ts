import { randomInt } from 'node:crypto'
import { exitOnEpipe } from '@goalixa/chassis/exit-on-epipe'
import { pluralize } from '@goalixa/chassis/pluralize'
import { Command, InvalidArgumentError, Option } from 'commander'
import { FAULTS } from './faults/catalog.ts'
import { findGaps } from './find-gaps.ts'
import { planRounds } from './plan-rounds.ts'
import { PLANTED_BUGS } from './planted-bugs/catalog.ts'
import { printProofs } from './print-proofs.ts'
import { printRound } from './print-round.ts'
import { printSummary } from './print-summary.ts'
import { isProven, type Proof, prove } from './prove.ts'
import { repeatCommand } from './repeat-command.ts'
import { type RoundResult, runRound } from './run-round.ts'

/** A run of at least this length has to exercise everything. */
const DEFAULT_MINUTES = 3

const EXIT = { held: 0, broken: 1, notExercised: 2, interrupted: 130 } as const

const options = new Command('npm run chaos --')
  .description(
    'Runs Syntra, its database, its queue and its targets as processes on this machine, injects random faults for some minutes, and then verifies in the database and the targets that every effect happened exactly once and nothing was lost.',
  )
  .option(
    '--minutes <number>',
    'for how many minutes faults are injected, in total',
    positive,
    DEFAULT_MINUTES,
  )
  .option('--seed <number>', 'repeats the random choices of the run that printed this seed', wholeNumber)
  .option('--redis', 'uses Redis for the queue in every round instead of every second one')
  .option(
    '--round <number>',
    'runs only this round, with its seed and its queue; the first is 1',
    wholeNumber,
  )
  .addOption(
    new Option(
      '--prove [name]',
      'plants each known bug in turn, or only the named one, and shows that its check catches it',
    ).choices(PLANTED_BUGS.map(({ name }) => name)),
  )
  .addHelpText(
    'after',
    `
Progress is written to stderr, the report to stdout. Ctrl-C stops the faults, and the run is then checked; a second Ctrl-C checks at once.

Exit codes:
  ${EXIT.held}    every promise held; with --prove: every planted bug was caught, and every control was clean
  ${EXIT.broken}    a promise was broken; with --prove: a bug was missed, or a control was not clean; or the run itself failed
  ${EXIT.notExercised}    every promise held, but a whole run of at least ${DEFAULT_MINUTES} minutes left a fault, a remedy or a check unexercised
  ${EXIT.interrupted}  interrupted

Examples:
  npm run chaos -- --minutes 30
  npm run chaos -- --seed 4711 --minutes 30 --round 2
  npm run chaos -- --prove ${PLANTED_BUGS[0]?.name}`,
  )
  .parse()
  .opts<{ minutes: number; seed?: number; redis?: boolean; round?: number; prove?: string | true }>()

// The first signal ends the faults, and the run is checked; the second one no longer waits for what still moves.
const ending = new AbortController()
const hurrying = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    const isSecond = ending.signal.aborted
    onProgress(
      isSecond
        ? 'stopping without waiting'
        : 'interrupted: ending early; press Ctrl-C again to stop without waiting',
    )
    if (isSecond) hurrying.abort(new Error('Interrupted.'))
    ending.abort(new Error('Interrupted.'))
  })
for (const output of [process.stdout, process.stderr])
  exitOnEpipe(output, () => ending.abort(new Error('Interrupted.')))

const startedAt = performance.now()
process.exitCode = await (options.prove ? proveAll() : run()).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  return ending.signal.aborted ? EXIT.interrupted : EXIT.broken
})
process.exit()

async function run(): Promise<number> {
  const seed = options.seed ?? randomInt(1, 1_000_000)
  const { minutes, redis, round: only } = options
  const choice = { seed, minutes, redis, round: only }
  const planned = planRounds(choice)
  onProgress(`${pluralize(planned.length, 'round')}; to repeat: ${repeatCommand(choice)}`)
  const due = new Set(FAULTS.map(({ fault }) => fault))
  const rounds: RoundResult[] = []
  for (const each of planned) {
    if (ending.signal.aborted) break
    const result = await runRound({
      ...each,
      due,
      signal: ending.signal,
      hurry: hurrying.signal,
      onProgress: message => onProgress(`round ${each.round}: ${message}`),
    })
    process.stdout.write(`${printRound(result)}\n`)
    rounds.push(result)
  }
  const seconds = planned.reduce((sum, round) => sum + round.seconds, 0)
  const wasInterrupted = ending.signal.aborted
  const hurried = hurrying.signal.aborted ? 'hurried' : 'early'
  process.stdout.write(
    `${printSummary({ rounds, choice, seconds, interruption: wasInterrupted ? hurried : null })}\n`,
  )
  // What was still in progress counts as broken then.
  if (hurrying.signal.aborted) return EXIT.interrupted
  if (rounds.some(({ checks }) => checks.some(({ result }) => result.violations.length > 0)))
    return EXIT.broken
  if (wasInterrupted) return EXIT.interrupted
  const isWhole = only === undefined && minutes >= DEFAULT_MINUTES
  return isWhole && findGaps(rounds).length > 0 ? EXIT.notExercised : EXIT.held
}

async function proveAll(): Promise<number> {
  const proofs: Proof[] = []
  for (const bug of PLANTED_BUGS.filter(({ name }) => options.prove === true || options.prove === name))
    proofs.push(await prove({ bug, signal: ending.signal, onProgress }))
  process.stdout.write(`${printProofs(proofs)}\n`)
  return proofs.every(isProven) ? EXIT.held : EXIT.broken
}

function onProgress(message: string) {
  const seconds = Math.round((performance.now() - startedAt) / 1000)
  const clock = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
  process.stderr.write(`${clock.padStart(6)}  ${message}\n`)
}

function positive(text: string): number {
  const number = Number(text)
  if (!(number > 0 && number < Number.POSITIVE_INFINITY))
    throw new InvalidArgumentError('expected a number above 0, such as 3.')
  return number
}

function wholeNumber(text: string): number {
  const number = Number(text)
  if (!(Number.isSafeInteger(number) && number > 0))
    throw new InvalidArgumentError('expected a whole number above 0, such as 4711.')
  return number
}
