import { mkdir, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { exitOnEpipe } from '@goalixa/chassis/exit-on-epipe'
import { runScenario, type ScenarioResult } from '@goalixa/sandbox/demo/run-scenario'
import { listScenarios, readScenario } from '@goalixa/sandbox/demo/scenario'
import { readInheritedSettings } from '@goalixa/sandbox/platform/config'
import { startPlatform } from '@goalixa/sandbox/platform/start-platform'
import { Command } from 'commander'
import { printScores } from './print-scores.ts'
import { type Score, scoreResult } from './score.ts'

const RESULTS = fileURLToPath(new URL('./results/', import.meta.url))

const program = new Command('npm run eval --')
  .description('Runs every scenario on a fresh platform and prints the scoreboard.')
  .argument('[names...]', 'run only these scenarios')
  .option('--keep-logs', 'keep the data directory of each platform')
  .parse()
const names = program.args.length > 0 ? program.args : await listScenarios()

const cancellation = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => cancellation.abort(new Error('Interrupted.')))
// A closed pipe cancels too, because the platform must be stopped in order.
for (const output of [process.stdout, process.stderr])
  exitOnEpipe(output, () => cancellation.abort(new Error('Interrupted.')))

process.exitCode = await runAll().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  return cancellation.signal.aborted ? 130 : 1
})
process.exit()

async function runAll(): Promise<number> {
  await mkdir(RESULTS, { recursive: true })
  const scores: Score[] = []
  for (const name of names) {
    const scenario = await readScenario(name)
    const result = await runOnFreshPlatform(name)
    scores.push(scoreResult(scenario, result))
    await writeFile(`${RESULTS}${name}.json`, `${JSON.stringify(result, null, 2)}\n`)
    process.stderr.write(`${printScores(scores.slice(-1)).split('\n')[1]}\n`)
  }
  process.stdout.write(`\n${printScores(scores)}\n`)
  const latest = `${JSON.stringify({ scenarios: scores }, null, 2)}\n`
  if (program.args.length === 0) await writeFile(`${RESULTS}latest.json`, latest)
  return scores.every(score => score.detected && score.causeRight && score.subjectRight && score.remedyRight)
    ? 0
    : 1
}

async function runOnFreshPlatform(name: string): Promise<ScenarioResult> {
  const log = (text: string) => process.stderr.write(`  ${name}: ${text}\n`)
  const platform = await startPlatform({
    signal: cancellation.signal,
    onProgress: log,
    inherited: readInheritedSettings(),
    keep: program.opts<{ keepLogs?: boolean }>().keepLogs,
  })
  try {
    return await runScenario({
      name,
      scenario: await readScenario(name),
      platform,
      signal: cancellation.signal,
      observer: {
        onPhase: log,
        onIncident: incident => log(`alert: ${incident.title}`),
        onEntry: () => {},
        onVerdict: ({ verdict }) => log(`verdict: ${verdict?.message ?? 'none'}`),
        decide: async ({ proposal }) => {
          log(`approved: ${proposal.message}`)
          return true
        },
      },
    })
  } finally {
    await platform.stop()
  }
}
