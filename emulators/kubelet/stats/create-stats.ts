import type { SampleTrees } from './sample-trees.ts'

/** A running container, as the metrics need it. */
export type Tracked = {
  id: string
  pid: number
  namespace: string
  pod: string
  podUid: string
  container: string
  image: string
  startedAtMs: number
  memoryLimitBytes?: number
  onOverLimit: () => void
}
export type ContainerUsage = Tracked & { cpuSeconds: number; memoryBytes: number; peakMemoryBytes: number }

type Options = { sampleTrees: SampleTrees; intervalMs?: number }

/**
 * Samples CPU and resident memory of each container's process tree and enforces memory limits. Without cgroups, a
 * process may exceed its limit for up to `intervalMs` before it is killed.
 */
export function createStats({ sampleTrees, intervalMs = 500 }: Options) {
  const usages = new Map<string, ContainerUsage>()
  let isSampling = false
  const timer = setInterval(sample, intervalMs)
  timer.unref()

  async function sample() {
    if (isSampling || usages.size === 0) return
    isSampling = true
    try {
      const trees = await sampleTrees([...usages.values()].map(({ pid }) => pid))
      for (const usage of usages.values()) take(usage, trees.get(usage.pid))
    } finally {
      isSampling = false
    }
  }

  return {
    /** Tracks a container until the returned function is called. */
    add(tracked: Tracked): () => void {
      usages.set(tracked.id, { ...tracked, cpuSeconds: 0, memoryBytes: 0, peakMemoryBytes: 0 })
      return () => usages.delete(tracked.id)
    },
    usages: () => [...usages.values()].filter(usage => usage.memoryBytes > 0),
    stop: () => clearInterval(timer),
  }
}
export type Stats = ReturnType<typeof createStats>

function take(usage: ContainerUsage, tree: { cpuSeconds: number; memoryBytes: number } | undefined) {
  if (!tree) return
  // The CPU time of a child that was not waited for is lost; the counter must not decrease because of it.
  usage.cpuSeconds = Math.max(usage.cpuSeconds, tree.cpuSeconds)
  usage.memoryBytes = tree.memoryBytes
  usage.peakMemoryBytes = Math.max(usage.peakMemoryBytes, tree.memoryBytes)
  if (usage.memoryLimitBytes !== undefined && tree.memoryBytes > usage.memoryLimitBytes) usage.onOverLimit()
}
