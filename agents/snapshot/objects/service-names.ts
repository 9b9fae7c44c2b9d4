import type { KubernetesObject } from '../snapshot.ts'
import { parseHost } from '../text/parse-host.ts'
import type { Endpoints } from './endpoints.ts'
import { fieldAt, listAt, numberAt, stringAt, stringMapAt } from './json-path.ts'
import type { Pod } from './pod.ts'
import type { Workload } from './workload.ts'

export type ServiceNames = ReturnType<typeof createServiceNames>
/** What a name or an address stands for: a service as the engine calls it, and the Service object in between, if any. */
export type Named = { service: string; through: string | null }

type Known = {
  services: KubernetesObject[]
  endpoints: Endpoints[]
  workloads: Workload[]
  pods: Pod[]
  namespace: string | null
}

/**
 * The one place that knows how a service may be called. The engine calls it by the label of its workload; callers, logs,
 * metrics and Ingresses call it by its Service, by a DNS name in any of the lengths that cluster DNS resolves, or by an address.
 */
export function createServiceNames({ services, endpoints, workloads, pods, namespace }: Known) {
  const serviceNamed = (name: string, within: string | null): KubernetesObject | undefined =>
    services.find(
      service =>
        service.metadata.name === name &&
        (within === null || within === (service.metadata.namespace ?? namespace ?? within)),
    )

  /** The label of the workload behind a Service; the Service's own name where it stands for something outside. */
  const behind = (service: KubernetesObject): string => {
    const selector = selectorOf(service)
    const { name } = service.metadata
    const selected = [...workloads, ...pods].filter(one => selector.length > 0 && misses(selector, one) === 0)
    const found = selected.flatMap(one => one.service ?? []).toSorted()
    if (found.length > 0) return found.includes(name) ? name : (found[0] ?? name)
    return nearestTo(service)?.service ?? name
  }

  /** The workload that a Service whose selector fits none was most likely meant for. */
  const nearestTo = (service: KubernetesObject): Workload | undefined => {
    const selector = selectorOf(service)
    if (selector.length === 0) return undefined
    return workloads
      .map(workload => ({ workload, missed: misses(selector, workload) }))
      .filter(one => one.missed < selector.length || one.workload.name === service.metadata.name)
      .toSorted((a, b) => a.missed - b.missed || (a.workload.name < b.workload.name ? -1 : 1))[0]?.workload
  }

  const named = (service: KubernetesObject): Named => ({
    service: behind(service),
    through: service.metadata.name,
  })

  /** By a host name as a process in the namespace would resolve it, or null for a host outside of the cluster. */
  const ofHost = (host: string): Named | null => {
    const parts = host.toLowerCase().replace(/\.$/, '').split('.')
    const at = parts.indexOf('svc')
    const [name = '', within = null] = at >= 2 ? parts.slice(at - 2, at) : parts
    if (at < 2 && parts.length > 2) return null
    const found = serviceNamed(name, within)
    if (found !== undefined) return named(found)
    return at >= 2 && within !== namespace ? { service: `${name}.${within}`, through: null } : null
  }

  /** By an `address:port`, or null if nobody in the namespace has it. */
  const ofAddress = (place: string): Named | null => {
    const [address = '', port] = place.split(':')
    const found = services.find(service => {
      const behindIt = endpoints.filter(endpoint => endpoint.service === service.metadata.name)
      const own = [fieldAt(service, 'spec.clusterIP'), ...listAt(service, 'spec.clusterIPs')]
      return (
        (own.includes(address) || behindIt.some(one => one.addresses.includes(address))) &&
        [portsOf(service), ...behindIt.map(one => one.ports)].some(ports => ports.includes(Number(port)))
      )
    })
    if (found !== undefined) return named(found)
    const pod = pods.find(pod => stringAt(pod.object, 'status.podIP') === address)
    return pod?.service == null ? null : { service: pod.service, through: null }
  }

  /** By what a label of a metric or an alert says; what nobody knows keeps its name. */
  const ofLabel = (label: string): string => {
    if (workloads.some(workload => workload.service === label)) return label
    const workload = workloads.find(workload => workload.name === label)
    return workload?.service ?? ofHost(parseHost(label) ?? label)?.service ?? label
  }

  return {
    nearestTo,
    ofHost: once(ofHost),
    ofAddress: once(ofAddress),
    ofLabel: once(ofLabel),
  }
}

/** The same names are asked for again and again, by every line of every log. */
function once<T>(find: (name: string) => T): (name: string) => T {
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

function misses(selector: [string, string][], one: Workload | Pod): number {
  const labels = 'template' in one ? stringMapAt(one.template, 'metadata.labels') : one.labels
  return selector.filter(([key, value]) => labels[key] !== value).length
}

function portsOf(service: KubernetesObject): (number | null)[] {
  return listAt(service, 'spec.ports').map(port => numberAt(port, 'port'))
}
