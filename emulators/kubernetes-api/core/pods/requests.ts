import { quantityOr0 } from '../../meta/quantity.ts'
import type { Pod } from './pod.ts'
import type { Container } from './pod-spec.ts'
import { isSidecar } from './pod-spec.ts'

/**
 * Sums the resources that a pod requests: those of its containers and sidecars, or those of an init container, if they
 * are more.
 */
export function sumPodRequests({ spec }: Pod): Map<string, number> {
  const inits = spec.initContainers ?? []
  const total = sumOf([...spec.containers, ...inits.filter(isSidecar)])
  for (const [index, init] of inits.entries()) {
    if (isSidecar(init)) continue
    for (const [name, amount] of sumOf([init, ...inits.slice(0, index).filter(isSidecar)]))
      total.set(name, Math.max(total.get(name) ?? 0, amount))
  }
  return total
}

function sumOf(containers: Container[]): Map<string, number> {
  const sum = new Map<string, number>()
  for (const { resources } of containers)
    for (const [name, text] of Object.entries(resources?.requests ?? {}))
      sum.set(name, (sum.get(name) ?? 0) + quantityOr0(text))
  return sum
}
