import { randomInt } from 'node:crypto'
import { exitOnEpipe } from '@goalixa/chassis/exit-on-epipe'
import { Command, InvalidArgumentError } from 'commander'
import { PLANTED_BUGS } from './planted-bugs/catalog.ts'
import { printProofs } from './print-proofs.ts'
import { printRound } from './print-round.ts'
import { type Proof, prove } from './prove.ts'
import { runRound } from './run-round.ts'

/** The longest round: each starts a fresh system, and the report of a short one is easier to read. */
const MOST_SECONDS = 300

const options = new Command('npm run chaos --')
  .description(
    'Runs Syntra, its database, its queue and its targets as processes on this machine, injects random faults for some minutes, and then verifies in the database and the targets that every effect happened exactly once and nothing was lost.',
  )
  .option('--minutes <number>', 'for how many minutes faults are injected, in total', positive, 3)
  .option('--seed <number>', 'repeats the random choices of the run that printed this seed', positive)
  .option('--redis', 'uses Redis for the queue in every round instead of every second one')
  .option(
    '--prove [name]',
    'plants each known bug in turn, or only the named one, and shows that its check catches it',
  )
  .parse()
  .opts<{ minutes: number; seed?: number; redis?: boolean; prove?: string | true }>()

// The first signal ends the faults, and the run is checked; the second one no longer waits for what still moves.
const ending = new AbortController()
const hurrying = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    if (ending.signal.aborted) hurrying.abort(new Error('Interrupted.'))
    ending.abort(new Error('Interrupted.'))
  })
for (const output of [process.stdout, process.stderr])
  exitOnEpipe(output, () => ending.abort(new Error('Interrupted.')))

const startedAt = performance.now()
process.exitCode = await (options.prove ? proveAll() : run()).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  return ending.signal.aborted ? 130 : 1
})
process.exit()

async function run(): Promise<number> {
  const seed = options.seed ?? randomInt(1, 1_000_000)
  const rounds = Math.max(2, Math.ceil((options.minutes * 60) / MOST_SECONDS))
  let isBroken = false
  for (let round = 0; round < rounds && !ending.signal.aborted; round += 1) {
    const result = await runRound({
      seed: seed + round,
      seconds: (options.minutes * 60) / rounds,
      withRedis: options.redis === true || round % 2 === 1,
      signal: ending.signal,
      hurry: hurrying.signal,
      onProgress,
    })
    process.stdout.write(`${printRound(result)}\n`)
    isBroken ||= result.checks.some(({ result: { violations } }) => violations.length > 0)
  }
  process.stdout.write(
    isBroken
      ? `A promise was broken. Repeat it with --seed ${seed}.\n`
      : `Every promise held (seed ${seed}).\n`,
  )
  if (ending.signal.aborted) return 130
  return isBroken ? 1 : 0
}

async function proveAll(): Promise<number> {
  const proofs: Proof[] = []
  for (const bug of PLANTED_BUGS.filter(({ name }) => options.prove === true || options.prove === name))
    proofs.push(await prove({ bug, signal: ending.signal, onProgress }))
  process.stdout.write(`${printProofs(proofs)}\n`)
  return proofs.length > 0 &&
    proofs.every(({ withBug, withoutBug }) => withBug.length > 0 && withoutBug.length === 0)
    ? 0
    : 1
}

function onProgress(message: string) {
  const seconds = Math.round((performance.now() - startedAt) / 1000)
  const clock = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
  process.stderr.write(`${clock.padStart(6)}  ${message}\n`)
}

function positive(text: string): number {
  const number = Number(text)
  if (!(number > 0)) throw new InvalidArgumentError('expected a number above 0, such as 3.')
  return number
}
