import { mkdir, open, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { exitOnEpipe } from '@goalixa/chassis/exit-on-epipe'
import { createSyntraClient } from '@goalixa/syntra/cli/syntra-client'
import { Command, Option } from 'commander'
import pc from 'picocolors'
import { passedOnSettings } from '../platform/config.ts'
import { REPOSITORY } from '../platform/settings.ts'
import { type Platform, startPlatform } from '../platform/start-platform.ts'
import { readReport, runScenario } from './run-scenario.ts'
import { listScenarios, readScenario } from './scenario.ts'
import { createStoryteller } from './tell-story.ts'

type Options = {
  scenario: string
  list?: boolean
  yes?: boolean
  json?: string
  keep?: boolean
  verbose?: boolean
}

const options = new Command('bin/demo')
  .description(
    'Starts the whole platform as real processes, ships a bad release, and lets Syntra do its job.',
  )
  .addOption(
    new Option('--scenario <name>', 'what happens').choices(await listScenarios()).default('slow-release'),
  )
  .option('--list', 'list the scenarios and stop')
  .option('--yes', 'approve what is proposed without asking')
  .option('--json <file>', 'write what happened as JSON')
  .option('--keep', 'leave the platform running at the end, until Ctrl-C, and keep its data')
  .option('--verbose', 'show every read')
  .parse()
  .opts<Options>()

const ending = new AbortController()
exitOnEpipe(process.stdout, stop)
const write = (text: string) => process.stdout.write(text)
const startedAt = Date.now()
const storyteller = createStoryteller({
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

process.exitCode = await tell().catch(error => {
  if (ending.signal.aborted) {
    write(`\n${pc.yellow('Stopped by you; nothing of it is left running.')}\n`)
    return 130
  }
  write(
    `\n${pc.red('The demo could not be told to its end:')} ${error instanceof Error ? error.message : error}\n`,
  )
  return 1
})
process.exit()

// In order, also when nobody reads on: the platform has to be taken down.
function stop(): void {
  ending.abort(new Error('stopped by you'))
}

async function tell(): Promise<number> {
  const scenario = await readScenario(options.scenario)
  if (options.json) await openForWriting(options.json)
  const platform = await startPlatform({
    signal: ending.signal,
    onProgress: storyteller.progress,
    passedOn: passedOnSettings(),
    keep: options.keep,
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
      signal: ending.signal,
      story: {
        onPhase: storyteller.phase,
        onIncident: storyteller.incident,
        onLine: storyteller.line,
        onVerdict: storyteller.verdict,
        decide: async action => {
          storyteller.proposal(action)
          return options.yes ? true : ask('        Approve this change? [y/N] ', ending.signal)
        },
      },
    })
    await finish(platform, result)
    if (options.keep) await keepRunning(platform)
    // A scenario without a right remedy ends well when it was judged and nothing was touched.
    const isRight =
      scenario.truth.remedies.length === 0
        ? result.outcome !== null && result.action === null
        : result.verified
    return isRight ? 0 : 1
  } finally {
    write(pc.dim('\n        stopping everything\n'))
    await platform.stop()
  }
}

// Known before minutes of work, not after them.
async function openForWriting(file: string): Promise<void> {
  try {
    await mkdir(dirname(resolve(file)), { recursive: true })
    await (await open(file, 'a')).close()
  } catch (error) {
    throw new Error(`--json ${file} can not be written: ${(error as Error).message}`)
  }
}

async function finish(platform: Platform, result: Awaited<ReturnType<typeof runScenario>>): Promise<void> {
  if (options.json) await writeFile(options.json, `${JSON.stringify(result, null, 2)}\n`)
  if (!result.incidentId) return storyteller.note(pc.red('No alert came.'))
  const syntra = createSyntraClient({ url: platform.addresses.syntraUrl, key: platform.operatorKey })
  const report = join(REPOSITORY, '.data/reports', `${result.incidentId}.md`)
  await mkdir(dirname(report), { recursive: true })
  await writeFile(report, await readReport(syntra, result.incidentId))
  write('\n')
  storyteller.note(
    result.verified
      ? pc.green('Recovery is verified.')
      : pc.yellow(`It ended as: ${result.state ?? result.outcome ?? 'unknown'}`),
  )
  write(`        alert → verdict     ${secondsBetween(result.alertAt, result.verdictAt)}\n`)
  write(`        alert → recovery    ${secondsBetween(result.alertAt, result.recoveredAt)}\n`)
  write(`        the whole story     ${((Date.now() - startedAt) / 1000).toFixed(0)} s\n`)
  write(`        report              ${report}\n`)
}

function secondsBetween(from: string | null, to: string | null): string {
  return from && to ? `${((Date.parse(to) - Date.parse(from)) / 1000).toFixed(1)} s` : '–'
}

async function ask(question: string, signal: AbortSignal): Promise<boolean> {
  if (!process.stdin.isTTY) {
    write('        Nobody is there to ask (no terminal); use --yes to approve. Not approved.\n')
    return false
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  // In raw mode the terminal gives Ctrl-C to readline and not to us.
  terminal.once('SIGINT', () => process.kill(process.pid, 'SIGINT'))
  try {
    return /^y(es)?$/i.test((await terminal.question(question, { signal })).trim())
  } finally {
    terminal.close()
  }
}

async function keepRunning(platform: Platform): Promise<void> {
  write(`
        Everything keeps running; its data is in ${platform.dataDir}. Ctrl-C ends it.
        Ask Syntra from another terminal:

          export SYNTRA_URL=${platform.addresses.syntraUrl} SYNTRA_KEY=${platform.operatorKey}
          bin/syntra incidents
`)
  await new Promise<void>(resolve => ending.signal.addEventListener('abort', () => resolve()))
}
