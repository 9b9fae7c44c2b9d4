import type { KubernetesObject } from '../snapshot.ts'
import { parseHost } from '../text/parse-host.ts'
import type { Endpoints } from './endpoints.ts'
import { fieldAt, listAt, numberAt, stringAt, stringMapAt } from './json-path.ts'
import type { Pod } from './pod.ts'
import type { Workload } from './workload.ts'

export type ServiceNames = ReturnType<typeof createServiceNames>
/** What a name or an address resolves to: a service as the engine names it, and the Service object in between, if any. */
export type Named = { service: string; through: string | null }

type Known = {
  services: KubernetesObject[]
  endpoints: Endpoints[]
  workloads: Workload[]
  pods: Pod[]
  namespace: string | null
}

/**
 * Resolves the names of services. The engine names a service by the label of its workload; callers, logs, metrics and Ingresses
 * name it by its Service, by a DNS name of any length that cluster DNS resolves, or by an address.
 */
export function createServiceNames({ services, endpoints, workloads, pods, namespace }: Known) {
  const serviceNamed = (name: string, within: string | null): KubernetesObject | undefined =>
    services.find(
      service =>
        service.metadata.name === name &&
        (within === null || within === (service.metadata.namespace ?? namespace ?? within)),
    )

  /** The label of the workload behind a Service; the Service's own name where it has none. */
  const behind = (service: KubernetesObject): string => {
    const selector = selectorOf(service)
    const { name } = service.metadata
    const selected = [...workloads, ...pods].filter(
      candidate => selector.length > 0 && countMisses(selector, candidate) === 0,
    )
    const found = selected.flatMap(({ service }) => service ?? []).toSorted()
    if (found.length > 0) return found.includes(name) ? name : (found[0] ?? name)
    return nearestTo(service)?.service ?? name
  }

  /** The workload that a Service was most likely meant for, where its selector matches none. */
  const nearestTo = (service: KubernetesObject): Workload | undefined => {
    const selector = selectorOf(service)
    if (selector.length === 0) return undefined
    return workloads
      .map(workload => ({ workload, missed: countMisses(selector, workload) }))
      .filter(({ workload, missed }) => missed < selector.length || workload.name === service.metadata.name)
      .toSorted((a, b) => a.missed - b.missed || (a.workload.name < b.workload.name ? -1 : 1))[0]?.workload
  }

  const named = (service: KubernetesObject): Named => ({
    service: behind(service),
    through: service.metadata.name,
  })

  /** By a host name as a process in the namespace would resolve it; null for a host outside the cluster. */
  const ofHost = (host: string): Named | null => {
    const parts = host.toLowerCase().replace(/\.$/, '').split('.')
    const at = parts.indexOf('svc')
    const [name = '', within = null] = at >= 2 ? parts.slice(at - 2, at) : parts
    if (at < 2 && parts.length > 2) return null
    const found = serviceNamed(name, within)
    if (found !== undefined) return named(found)
    return at >= 2 && within !== namespace ? { service: `${name}.${within}`, through: null } : null
  }

  /** By an `address:port`; null if nothing in the namespace has it. */
  const ofAddress = (place: string): Named | null => {
    const [address = '', port] = place.split(':')
    const found = services.find(service => {
      const backends = endpoints.filter(endpoint => endpoint.service === service.metadata.name)
      const own = [fieldAt(service, 'spec.clusterIP'), ...listAt(service, 'spec.clusterIPs')]
      return (
        (own.includes(address) || backends.some(({ addresses }) => addresses.includes(address))) &&
        [portsOf(service), ...backends.map(({ ports }) => ports)].some(ports => ports.includes(Number(port)))
      )
    })
    if (found !== undefined) return named(found)
    const pod = pods.find(pod => stringAt(pod.object, 'status.podIP') === address)
    return pod?.service == null ? null : { service: pod.service, through: null }
  }

  /** By the value of a label; one that is not known is returned as it is. */
  const ofLabel = (label: string): string => {
    if (workloads.some(workload => workload.service === label)) return label
    const workload = workloads.find(workload => workload.name === label)
    return workload?.service ?? ofHost(parseHost(label) ?? label)?.service ?? label
  }

  return {
    nearestTo,
    ofHost: memoize(ofHost),
    ofAddress: memoize(ofAddress),
    ofLabel: memoize(ofLabel),
  }
}

/** Keeps answers: every line of every log asks for the same few names. */
function memoize<T>(find: (name: string) => T): (name: string) => T {
  const known = new Map<string, T>()
  return name => {
    const found = known.has(name) ? (known.get(name) as T) : find(name)
    known.set(name, found)
    return found
  }
}

function selectorOf(service: KubernetesObject): [string, string][] {
  return Object.entries(stringMapAt(service, 'spec.selector'))
}

/** How many labels of a selector a workload or pod does not have. */
function countMisses(selector: [string, string][], candidate: Workload | Pod): number {
  const labels =
    'template' in candidate ? stringMapAt(candidate.template, 'metadata.labels') : candidate.labels
  return selector.filter(([key, value]) => labels[key] !== value).length
}

function portsOf(service: KubernetesObject): (number | null)[] {
  return listAt(service, 'spec.ports').map(port => numberAt(port, 'port'))
}
