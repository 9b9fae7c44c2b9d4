import { cpus, freemem, totalmem } from 'node:os'
import { formatMetrics } from '@goalixa/emulators-shared/prometheus/format-metrics'
import type { ContainerUsage } from './create-stats.ts'

/**
 * Formats the kubelet's `/metrics/resource`. Source: https://kubernetes.io/docs/reference/instrumentation/node-metrics/
 */
export function formatResourceMetrics(usages: ContainerUsage[]): string {
  const containers = usages.map(usage => ({
    ...usage,
    labels: { container: usage.container, ...podLabels(usage) },
  }))
  const pods = [...Map.groupBy(usages, usage => usage.podUid).values()].map(group => ({
    labels: podLabels(group[0]),
    cpuSeconds: sum(group, usage => usage.cpuSeconds),
    memoryBytes: sum(group, usage => usage.memoryBytes),
  }))
  const node = [{ labels: {}, cpuSeconds: nodeCpuSeconds(), memoryBytes: totalmem() - freemem() }]
  const cpu = (scope: string, of: typeof pods) => ({
    name: `${scope}_cpu_usage_seconds_total`,
    type: 'counter' as const,
    help: `Cumulative cpu time consumed by the ${scope} in core-seconds`,
    samples: of.map(({ labels, cpuSeconds }) => ({ labels, value: cpuSeconds })),
  })
  const memory = (scope: string, of: typeof pods) => ({
    name: `${scope}_memory_working_set_bytes`,
    type: 'gauge' as const,
    help: `Current working set of the ${scope} in bytes`,
    samples: of.map(({ labels, memoryBytes }) => ({ labels, value: memoryBytes })),
  })
  return formatMetrics([
    cpu('container', containers),
    memory('container', containers),
    {
      name: 'container_start_time_seconds',
      type: 'gauge',
      help: 'Start time of the container since unix epoch in seconds',
      samples: containers.map(({ labels, startedAtMs }) => ({ labels, value: startedAtMs / 1_000 })),
    },
    cpu('pod', pods),
    memory('pod', pods),
    cpu('node', node),
    memory('node', node),
    {
      name: 'resource_scrape_error',
      type: 'gauge',
      help: '1 if reading failed',
      samples: [{ labels: {}, value: 0 }],
    },
  ])
}

function podLabels(usage: ContainerUsage | undefined): Record<string, string> {
  return { namespace: usage?.namespace ?? '', pod: usage?.pod ?? '' }
}

function sum(usages: ContainerUsage[], value: (usage: ContainerUsage) => number): number {
  return usages.reduce((total, usage) => total + value(usage), 0)
}

function nodeCpuSeconds(): number {
  const milliseconds = cpus().map(({ times }) => times.user + times.nice + times.sys + times.irq)
  return milliseconds.reduce((total, value) => total + value, 0) / 1_000
}
