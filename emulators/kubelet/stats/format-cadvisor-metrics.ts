import { formatMetrics } from '@goalixa/emulators-shared/prometheus/format-metrics'
import type { ContainerUsage } from './create-stats.ts'

/**
 * Formats the container metrics of cAdvisor, under its names. Source:
 * https://github.com/google/cadvisor/blob/master/docs/storage/prometheus.md
 */
export function formatCadvisorMetrics(usages: ContainerUsage[]): string {
  const family = (
    name: string,
    type: 'counter' | 'gauge',
    help: string,
    value: (usage: ContainerUsage) => number,
    extra: Record<string, string> = {},
  ) => ({
    name,
    type,
    help,
    samples: usages.map(usage => ({ labels: { ...labelsOf(usage), ...extra }, value: value(usage) })),
  })
  return formatMetrics([
    family(
      'container_cpu_usage_seconds_total',
      'counter',
      'Cumulative cpu time consumed in seconds.',
      usage => usage.cpuSeconds,
      { cpu: 'total' },
    ),
    family(
      'container_memory_working_set_bytes',
      'gauge',
      'Current working set in bytes.',
      usage => usage.memoryBytes,
    ),
    family(
      'container_memory_usage_bytes',
      'gauge',
      'Current memory usage in bytes.',
      usage => usage.memoryBytes,
    ),
    family('container_memory_rss', 'gauge', 'Size of RSS in bytes.', usage => usage.memoryBytes),
    family(
      'container_memory_max_usage_bytes',
      'gauge',
      'Maximum memory usage in bytes.',
      usage => usage.peakMemoryBytes,
    ),
    family(
      'container_spec_memory_limit_bytes',
      'gauge',
      'Memory limit; 0 is none.',
      usage => usage.memoryLimitBytes ?? 0,
    ),
    family(
      'container_start_time_seconds',
      'gauge',
      'Start time since the epoch.',
      usage => usage.startedAtMs / 1_000,
    ),
    family('container_last_seen', 'gauge', 'Last time the container was seen.', () =>
      Math.floor(Date.now() / 1_000),
    ),
  ])
}

function labelsOf({ namespace, pod, podUid, container, image, id }: ContainerUsage): Record<string, string> {
  const name = id.replace('sandbox://', '')
  return { namespace, pod, container, image, name, id: `/kubepods/pod${podUid}/${name}` }
}
