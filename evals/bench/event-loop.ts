import { fork } from 'node:child_process'
import { once } from 'node:events'
import pc from 'picocolors'
import { megabytes } from '../megabytes.ts'
import { readWorkerManifest } from '../read-worker-manifest.ts'
import type { EventLoopReport } from './event-loop-process.ts'
import { startHostileServers } from './hostile-servers.ts'

// Measures how long the event loop of a process is delayed while it reads hostile answers through the real recorder and clients,
// beside that of an idle process in the same run: a worker's loop also renews leases and answers probes.
const SECONDS = 20
const MAX_RATIO = 3

// The queue, the database and the engine of a worker share this limit.
const { nodeFlags, memoryLimitBytes } = await readWorkerManifest()
const servers = await startHostileServers()
const [idle, reading] = await Promise.all([run({}), run(servers.urls)])
await servers.stop()

const ratio = reading.p99Ms / idle.p99Ms
const isFast = ratio <= MAX_RATIO
const isSmall = reading.memoryBytes < memoryLimitBytes
printDelay('baseline: idle process', idle)
printDelay(`${reading.read + reading.unread} hostile answers`, reading)
process.stdout.write(
  `${reading.read} read with what was cut, ${reading.unread} unread with a reason, ${reading.failed.length} failed\n`,
)
if (!isFast)
  fail(
    `the p99 of the event-loop delay is ${ratio.toFixed(1)} times that of an idle process; expected at most ${MAX_RATIO}`,
  )
if (!isSmall)
  fail(
    `the process took ${megabytes(reading.memoryBytes)}; expected less than ${megabytes(memoryLimitBytes)}`,
  )
if (reading.failed.length > 0) fail(`a read did not end in evidence: ${reading.failed[0]}`)
if (reading.read === 0 || reading.unread === 0) fail('no answer was read, or none was refused')

async function run(urls: Record<string, string>): Promise<EventLoopReport> {
  const child = fork(
    new URL('event-loop-process.ts', import.meta.url),
    [String(SECONDS), JSON.stringify(urls)],
    { execArgv: nodeFlags },
  )
  const [report] = (await once(child, 'message')) as [EventLoopReport]
  return report
}

function printDelay(label: string, { p99Ms, worstMs, memoryBytes }: EventLoopReport): void {
  const times = (value: number, of: number) => pc.dim(`(${(value / of).toFixed(2)}×)`)
  process.stdout.write(
    `${label.padEnd(24)} event-loop delay p99 ${p99Ms.toFixed(1)} ms ${times(p99Ms, idle.p99Ms)}   worst ${worstMs.toFixed(1)} ms ${times(worstMs, idle.worstMs)}   memory ${megabytes(memoryBytes)}\n`,
  )
}

function fail(reason: string): void {
  process.stderr.write(pc.red(`${reason}\n`))
  process.exitCode = 1
}
