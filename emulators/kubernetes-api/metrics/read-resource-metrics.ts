import { nodes } from '../core/nodes/kind.ts'
import { kubeletUrl } from '../core/pods/read-log.ts'
import { bytesQuantity, cpuQuantity } from '../meta/quantity.ts'
import { toTime } from '../registry/clock.ts'
import type { Cluster } from '../registry/cluster.ts'

export type Usage = { container: string; at: string; window: string; usage: { cpu: string; memory: string } }
type Samples = Map<string, { cpuSeconds: number; memoryBytes: number; atMs: number }>
type Usages = { pods: Map<string, Usage[]>; nodes: Map<string, Usage> }

/** Milliseconds for which samples are reused: metrics-server scrapes every 15 s. */
const FRESH_MS = 5_000

const previous = new WeakMap<Cluster, Samples>()
const latest = new WeakMap<Cluster, { atMs: number; usages: Promise<Usages> }>()

/**
 * Reads `/metrics/resource` of every kubelet and converts the CPU counters to rates. A kubelet that does not respond is
 * omitted. The first read has no earlier sample, so it scrapes twice, a second apart.
 */
export function readResourceMetrics(cluster: Cluster): Promise<Usages> {
  const known = latest.get(cluster)
  const nowMs = cluster.now().getTime()
  if (known && nowMs - known.atMs < FRESH_MS) return known.usages
  const usages = read(cluster)
  latest.set(cluster, { atMs: nowMs, usages })
  usages.catch(() => latest.delete(cluster))
  return usages
}

async function read(cluster: Cluster): Promise<Usages> {
  let before = previous.get(cluster)
  let samples = await scrapeAll(cluster)
  const isNew = (key: string) => !before?.has(key)
  if (!before || [...samples.keys()].some(isNew)) {
    await new Promise(resolve => setTimeout(resolve, 1_000))
    before = new Map([...samples, ...(before ?? [])])
    samples = await scrapeAll(cluster)
  }
  previous.set(cluster, samples)
  return usagesOf(samples, before)
}

async function scrapeAll(cluster: Cluster): Promise<Samples> {
  const samples: Samples = new Map()
  const scrape = async (nodeName: string) => {
    const url = new URL('/metrics/resource', kubeletUrl(cluster, nodeName))
    const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) })
    if (answer.ok) readText(await answer.text(), nodeName, cluster.now().getTime(), samples)
  }
  await Promise.allSettled(cluster.list(nodes).map(({ metadata }) => scrape(metadata.name)))
  return samples
}

const LINE =
  /^(container|node)_(cpu_usage_seconds_total|memory_working_set_bytes)(?:\{([^}]*)\})?\s+(\S+)(?:\s+(\d+))?$/

function readText(text: string, nodeName: string, nowMs: number, samples: Samples) {
  for (const line of text.split('\n')) {
    const [, scope, metric, labels = '', value, at] = LINE.exec(line) ?? []
    if (!scope) continue
    const label = (name: string) => new RegExp(`(?:^|,)${name}="([^"]*)"`).exec(labels)?.[1] ?? ''
    const key =
      scope === 'node'
        ? `node/${nodeName}`
        : `pod/${label('namespace')}/${label('pod')}/${label('container')}`
    const sample = samples.get(key) ?? { cpuSeconds: 0, memoryBytes: 0, atMs: at ? Number(at) : nowMs }
    if (metric === 'cpu_usage_seconds_total') {
      sample.cpuSeconds = Number(value)
      sample.atMs = at ? Number(at) : nowMs
    } else sample.memoryBytes = Number(value)
    samples.set(key, sample)
  }
}

function usagesOf(samples: Samples, before: Samples): Usages {
  const usages: Usages = { pods: new Map(), nodes: new Map() }
  for (const [key, { cpuSeconds, memoryBytes, atMs }] of samples) {
    const earlier = before.get(key)
    const seconds = earlier ? (atMs - earlier.atMs) / 1000 : 0
    const cores = earlier && seconds > 0 ? Math.max(0, cpuSeconds - earlier.cpuSeconds) / seconds : 0
    const usage = { cpu: cpuQuantity(cores), memory: bytesQuantity(memoryBytes) }
    const [scope, first = '', pod = '', container = ''] = key.split('/')
    const one = { container, at: toTime(new Date(atMs)), window: `${seconds.toFixed(3)}s`, usage }
    if (scope === 'node') usages.nodes.set(first, one)
    else usages.pods.set(`${first}/${pod}`, [...(usages.pods.get(`${first}/${pod}`) ?? []), one])
  }
  return usages
}
