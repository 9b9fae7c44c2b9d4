import type { ServiceDirectory } from '@goalixa/emulators-shared/kubernetes/create-service-directory'
import type { Ingress } from '@goalixa/emulators-shared/kubernetes/objects'

/** What a name resolves to: addresses, or another name (an ExternalName Service). */
export type NameRecord = { addresses: string[] } | { alias: string }
export type Names = Record<string, NameRecord>

type Options = {
  directory: Pick<ServiceDirectory, 'services' | 'endpointsOf'>
  ingresses: Ingress[]
  ingressIp?: string
}

/**
 * Builds all DNS records of the cluster, by fully qualified name. A headless Service without ready endpoints has none.
 * Source: https://github.com/kubernetes/dns/blob/master/docs/specification.md
 */
export function buildDnsRecords({ directory, ingresses, ingressIp }: Options): Names {
  const names: Names = {}
  for (const { metadata, spec } of directory.services()) {
    const name = `${metadata.name}.${metadata.namespace}.svc.cluster.local`
    if (spec?.type === 'ExternalName') names[name] = { alias: spec.externalName ?? '' }
    else if (spec?.clusterIP && spec.clusterIP !== 'None') names[name] = { addresses: [spec.clusterIP] }
    else if (spec?.clusterIP === 'None')
      addHeadless(names, name, directory.endpointsOf(metadata.namespace, metadata.name))
  }
  const hosts = ingresses.flatMap(({ spec }) => (spec?.rules ?? []).map(({ host }) => host))
  if (ingressIp) for (const host of hosts) if (host) names[host] = { addresses: [ingressIp] }
  return names
}

function addHeadless(names: Names, name: string, endpoints: ReturnType<ServiceDirectory['endpointsOf']>) {
  const ready = endpoints.filter(({ isReady }) => isReady)
  if (ready.length > 0) names[name] = { addresses: [...new Set(ready.map(({ address }) => address))] }
  for (const { hostname, address } of ready)
    if (hostname) names[`${hostname}.${name}`] = { addresses: [address] }
}
