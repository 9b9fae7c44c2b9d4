import type { Pod } from '../../core/pods/pod.ts'
import { isPodReady } from '../../core/pods/readiness.ts'
import { bytesQuantity, cpuQuantity, quantityOr0 } from '../../meta/quantity.ts'
import type { Usage } from '../../metrics/read-resource-metrics.ts'
import type { MetricSpec, MetricStatus } from './kind.ts'

type Measured = {
  /** Usage divided by target, one value for each metric that could be read. */
  ratios: number[]
  metrics: MetricStatus[]
  /** The number of pods in the averages. */
  podCount: number
  /** The resource with the highest ratio. */
  leading: string
  /** Why no metric could be read. */
  problem: string
}

/**
 * Compares the usage of pods with the targets of an autoscaler. Source: Kubernetes, "Horizontal Pod Autoscaling",
 * algorithm details.
 */
export function measure(specs: MetricSpec[], all: Pod[], usages: Map<string, Usage[]>): Measured {
  const serving = all.filter(pod => isPodReady(pod) && usages.has(keyOf(pod)))
  const measured: Measured = {
    ratios: [],
    metrics: [],
    podCount: serving.length,
    leading: '',
    problem: 'no metrics returned from resource metrics API',
  }
  for (const { type, resource } of specs) {
    if (type !== 'Resource' || !resource) {
      measured.problem = `metric type ${type} is not supported by this emulator`
      continue
    }
    if (serving.length === 0) continue
    const { name, target } = resource
    const used = serving.reduce((sum, pod) => sum + usedBy(pod, name, usages), 0)
    const requested = serving.reduce((sum, pod) => sum + requestedBy(pod, name), 0)
    const averageValue =
      name === 'cpu' ? cpuQuantity(used / serving.length) : bytesQuantity(used / serving.length)
    if (target.averageUtilization !== undefined) {
      const lacking = serving.find(pod => requestedBy(pod, name) === 0)
      if (lacking) {
        measured.problem = `failed to get ${name} utilization: missing request for ${name} in container ${lacking.spec.containers[0]?.name} of Pod ${lacking.metadata.name}`
        continue
      }
      const averageUtilization = Math.round((used / requested) * 100)
      note(measured, name, used / requested / (target.averageUtilization / 100), {
        averageUtilization,
        averageValue,
      })
    } else note(measured, name, used / serving.length / quantityOr0(target.averageValue), { averageValue })
  }
  return measured
}

function note(
  measured: Measured,
  name: string,
  ratio: number,
  current: { averageUtilization?: number; averageValue: string },
) {
  if (ratio >= Math.max(0, ...measured.ratios)) measured.leading = name
  measured.ratios.push(ratio)
  measured.metrics.push({ type: 'Resource', resource: { name, current } })
}

function usedBy(pod: Pod, name: string, usages: Map<string, Usage[]>): number {
  return (usages.get(keyOf(pod)) ?? []).reduce(
    (sum, { usage }) => sum + quantityOr0(name === 'cpu' ? usage.cpu : usage.memory),
    0,
  )
}

function requestedBy({ spec }: Pod, name: string): number {
  return spec.containers.reduce((sum, { resources }) => sum + quantityOr0(resources?.requests?.[name]), 0)
}

function keyOf({ metadata }: Pod): string {
  return `${metadata.namespace}/${metadata.name}`
}
