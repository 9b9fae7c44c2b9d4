import { mkdir, open, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { exitOnEpipe } from '@goalixa/chassis/exit-on-epipe'
import { createSyntraClient } from '@goalixa/syntra/cli/syntra-client'
import { Command, Option } from 'commander'
import pc from 'picocolors'
import { readInheritedSettings } from '../platform/config.ts'
import { REPOSITORY } from '../platform/settings.ts'
import { type Platform, startPlatform } from '../platform/start-platform.ts'
import { createProgressPrinter } from './create-progress-printer.ts'
import { readReport, runScenario } from './run-scenario.ts'
import { listScenarios, readScenario } from './scenario.ts'

type Options = {
  scenario: string
  list?: boolean
  yes?: boolean
  json?: string
  keep?: boolean
  cluster?: string
  verbose?: boolean
}

const options = new Command('bin/demo')
  .description(
    'Starts the whole platform on this machine, injects a fault, and shows how Syntra handles the incident.',
  )
  .addOption(
    new Option('--scenario <name>', 'the scenario to run')
      .choices(await listScenarios())
      .default('slow-release'),
  )
  .option(
    '--cluster <envtest|kubeconfig>',
    'run on a real Kubernetes control plane in place of the emulator: "envtest" starts one (npm run envtest:build builds it once), a kubeconfig names one that runs and has no nodes of its own; needs root, for two routes',
  )
  .option('--list', 'list the scenarios and exit')
  .option('--yes', 'approve the proposed change without asking')
  .option('--json <file>', 'write the result as JSON')
  .option('--keep', 'keep the platform running at the end, until Ctrl-C, and keep its data')
  .option('--verbose', 'show every read')
  .parse()
  .opts<Options>()

const cancellation = new AbortController()
exitOnEpipe(process.stdout, stop)
const write = (text: string) => process.stdout.write(text)
const startedAt = Date.now()
const printer = createProgressPrinter({
  write,
  isVerbose: options.verbose ?? false,
  startedAt,
  now: Date.now,
})

if (options.list) {
  for (const name of await listScenarios()) write(`${name.padEnd(24)} ${(await readScenario(name)).title}\n`)
  process.exit(0)
}

let interrupts = 0
let running: Platform | undefined
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    interrupts += 1
    if (interrupts > 1) running?.kill()
    stop()
  })
}

process.exitCode = await runDemo().catch(error => {
  if (cancellation.signal.aborted) {
    write(`\n${pc.yellow('Stopped. No processes are left running.')}\n`)
    return 130
  }
  write(`\n${pc.red('The demo failed:')} ${error instanceof Error ? error.message : error}\n`)
  return 1
})
process.exit()

// The platform must be stopped cleanly even if the output is no longer read.
function stop(): void {
  cancellation.abort(new Error('stopped by the user'))
}

async function runDemo(): Promise<number> {
  const scenario = await readScenario(options.scenario)
  if (options.json) await openForWriting(options.json)
  const platform = await startPlatform({
    signal: cancellation.signal,
    onProgress: printer.progress,
    inherited: readInheritedSettings(),
    keep: options.keep,
    cluster: options.cluster,
  })
  running = platform
  try {
    write(
      `\n        The app       ${platform.cluster.edgeUrl}\n        Syntra        ${platform.addresses.syntraUrl}\n`,
    )
    write(`        Prometheus    http://127.0.0.1:${platform.addresses.prometheusPort}\n`)
    write(`        kubectl       KUBECONFIG=${platform.cluster.kubeconfig}\n\n`)
    const result = await runScenario({
      name: options.scenario,
      scenario,
      platform,
      signal: cancellation.signal,
      observer: {
        onPhase: printer.phase,
        onIncident: printer.incident,
        onEntry: printer.entry,
        onVerdict: printer.verdict,
        decide: async action => {
          printer.proposal(action)
          return options.yes ? true : ask('        Approve this change? [y/N] ', cancellation.signal)
        },
      },
    })
    await printSummary(platform, result)
    if (options.keep) await keepRunning(platform)
    // A scenario without a correct remedy succeeds if it has a verdict and nothing was changed.
    const hasSucceeded =
      scenario.truth.remedies.length === 0
        ? result.outcome !== null && result.action === null
        : result.verified
    return hasSucceeded ? 0 : 1
  } finally {
    write(pc.dim('\n        Stopping all processes\n'))
    await platform.stop()
  }
}

// Checked first, because the run takes minutes.
async function openForWriting(file: string): Promise<void> {
  try {
    await mkdir(dirname(resolve(file)), { recursive: true })
    await (await open(file, 'a')).close()
  } catch (error) {
    throw new Error(`Cannot write ${file} (--json): ${(error as Error).message}`)
  }
}

async function printSummary(
  platform: Platform,
  result: Awaited<ReturnType<typeof runScenario>>,
): Promise<void> {
  if (options.json) await writeFile(options.json, `${JSON.stringify(result, null, 2)}\n`)
  if (!result.incidentId) return printer.note(pc.red('No incident was opened: no alert fired in time.'))
  const syntra = createSyntraClient({ url: platform.addresses.syntraUrl, key: platform.operatorKey })
  const report = join(REPOSITORY, '.data/reports', `${result.incidentId}.md`)
  await mkdir(dirname(report), { recursive: true })
  await writeFile(report, await readReport(syntra, result.incidentId))
  write('\n')
  printer.note(result.verified ? pc.green('Recovery is verified.') : pc.yellow(describeEnding(result)))
  const rows = [
    ['Alert to verdict', formatDuration(result.alertAt, result.verdictAt)],
    ['Alert to recovery', formatDuration(result.alertAt, result.recoveredAt)],
    ['Total time', `${((Date.now() - startedAt) / 1000).toFixed(0)} s`],
    ['Report', report],
  ]
  for (const [label = '', value = ''] of rows) write(`        ${label.padEnd(20)} ${value}\n`)
}

function describeEnding({ outcome, state }: Awaited<ReturnType<typeof runScenario>>): string {
  if (state !== null) return `Recovery is not verified. The action is in state ${state}.`
  return outcome === 'no-fault'
    ? 'Syntra found no fault and changed nothing.'
    : 'Syntra proposed no action and changed nothing: the incident needs human attention.'
}

function formatDuration(from: string | null, to: string | null): string {
  return from && to ? `${((Date.parse(to) - Date.parse(from)) / 1000).toFixed(1)} s` : '–'
}

async function ask(question: string, signal: AbortSignal): Promise<boolean> {
  if (!process.stdin.isTTY) {
    write('        Not approved: standard input is not a terminal. Use --yes to approve.\n')
    return false
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  // In raw mode, the terminal sends Ctrl-C to readline and not to this process.
  terminal.once('SIGINT', () => process.kill(process.pid, 'SIGINT'))
  try {
    return /^y(es)?$/i.test((await terminal.question(question, { signal })).trim())
  } finally {
    terminal.close()
  }
}

async function keepRunning(platform: Platform): Promise<void> {
  write(`
        The platform keeps running; its data is in ${platform.dataDir}. Ctrl-C stops it.
        Use Syntra from another terminal:

          export SYNTRA_URL=${platform.addresses.syntraUrl} SYNTRA_KEY=${platform.operatorKey}
          bin/syntra incidents
`)
  await new Promise<void>(resolve => cancellation.signal.addEventListener('abort', () => resolve()))
}
