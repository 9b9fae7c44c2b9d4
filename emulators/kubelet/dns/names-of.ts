import type { ServiceDirectory } from '@goalixa/emulators-shared/kubernetes/create-service-directory'
import type { Ingress } from '@goalixa/emulators-shared/kubernetes/objects'

/** Where a name leads: addresses, or another name (an ExternalName Service). */
export type NameRecord = { addresses: string[] } | { alias: string }
export type Names = Record<string, NameRecord>

type Options = {
  directory: Pick<ServiceDirectory, 'services' | 'endpointsOf'>
  ingresses: Ingress[]
  ingressIp?: string
}

/**
 * Every name the cluster's DNS knows, written in full. A headless Service without ready endpoints is not a name.
 * Source: https://github.com/kubernetes/dns/blob/master/docs/specification.md
 */
export function namesOf({ directory, ingresses, ingressIp }: Options): Names {
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
