import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClients } from '@goalixa/tools/create-clients'
import { createRecorder } from '@goalixa/tools/recorder'
import { HOSTILE_READS } from '@goalixa/tools/testing/hostile-reads'
import { kubeconfigFor } from '@goalixa/tools/testing/kubeconfig-for'
import { createMemoryEvidenceStore } from '@goalixa/tools/testing/memory-evidence-store'
import { measureWork } from './measure-work.ts'

/** What a process measured about its own event loop. */
export type EventLoopReport = {
  p99Ms: number
  worstMs: number
  memoryBytes: number
  read: number
  unread: number
  failed: string[]
}

// As many as a worker makes at the same time by default.
const PARALLEL_READS = 16
const DEADLINE_MS = 3_000
const WARM_UP_MS = 5_000
const STRIDE = 7_919

// A process of its own: idle, or reading from the servers whose addresses it is given, for so many seconds.
const [seconds, addresses] = process.argv.slice(2)
const urls = Object.values(JSON.parse(addresses ?? '{}') as Record<string, string>)
const report = await measureEventLoop(Number(seconds) * 1000, urls)
process.send?.(report)
process.disconnect()

async function measureEventLoop(durationMs: number, servers: string[]): Promise<EventLoopReport> {
  // Without the start of the process: modules load in one go, and code is slower until it is compiled.
  const warmUntil = performance.now() + WARM_UP_MS
  if (servers.length > 0) await readUntil(warmUntil, servers)
  await sleep(Math.max(0, warmUntil - performance.now()))
  const delays = monitorEventLoopDelay({ resolution: 10 })
  delays.enable()
  const until = performance.now() + durationMs
  const outcomes = servers.length > 0 ? await readUntil(until, servers) : []
  await sleep(Math.max(0, until - performance.now()))
  delays.disable()
  const count = (outcome: string) => outcomes.filter(each => each === outcome).length
  return {
    p99Ms: delays.percentile(99) / 1e6,
    worstMs: delays.max / 1e6,
    memoryBytes: process.resourceUsage().maxRSS * 1024,
    read: count('read'),
    unread: count('unread'),
    failed: outcomes.filter(outcome => outcome !== 'read' && outcome !== 'unread'),
  }
}

async function readUntil(until: number, servers: string[]): Promise<string[]> {
  const outcomes: string[] = []
  const reads = servers.flatMap(url => {
    const clients = createClients({
      kubernetes: { kubeconfig: kubeconfigFor(url) },
      prometheus: { url },
      alertmanager: { url },
      argocd: { url, token: 't' },
      github: { url, token: 't', gitHosts: ['github.test'] },
    })
    return Object.entries(HOSTILE_READS).map(([tool, args]) => ({ clients, tool, args }))
  })
  while (performance.now() < until)
    await measureWork({ work: readOnce, requests: reads.length, concurrency: PARALLEL_READS })
  return outcomes

  async function readOnce(index: number): Promise<boolean> {
    // Consecutive reads go to different servers.
    const { clients, tool, args } = reads[(index * STRIDE) % reads.length] ?? {}
    if (performance.now() >= until || clients === undefined || tool === undefined || !args) return true
    const store = createMemoryEvidenceStore()
    const recorder = createRecorder({ clients, store, limits: { deadlineMs: DEADLINE_MS } })
    const context = { investigationId: 'i', signal: new AbortController().signal }
    const evidence = await recorder
      .read({ id: tool, tool, args, why: 'a benchmark' }, context)
      .catch(error => ({ outcome: `${tool}: ${error}` }))
    outcomes.push(evidence.outcome)
    // As it is written to PostgreSQL and read from it.
    JSON.parse(JSON.stringify(evidence))
    return true
  }
}
