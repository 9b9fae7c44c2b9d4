import type { KubernetesObject } from '../snapshot.ts'
import { booleanAt, listAt, numberAt, stringAt, stringMapAt } from './json-path.ts'

type Located = { evidence: string; object: KubernetesObject }
export type Endpoints = {
  evidence: string
  service: string
  addresses: string[]
  ports: number[]
}

/** The addresses behind each Service, from EndpointSlices and from the older Endpoints, whichever were read. */
export function endpointsOf(slices: Located[], older: Located[]): Endpoints[] {
  return [...slices.flatMap(fromSlice), ...older.map(fromEndpoints)]
}

/** A Service may have several slices; each names it in a label. */
function fromSlice({ evidence, object }: Located): Endpoints[] {
  const service = stringMapAt(object, 'metadata.labels')['kubernetes.io/service-name']
  if (service === undefined) return []
  const endpoints = listAt(object, 'endpoints').filter(
    endpoint => booleanAt(endpoint, 'conditions.terminating') !== true,
  )
  return [
    {
      evidence,
      service,
      addresses: endpoints.flatMap(endpoint =>
        listAt(endpoint, 'addresses').filter(address => typeof address === 'string'),
      ),
      ports: listAt(object, 'ports').flatMap(portOf),
    },
  ]
}

function fromEndpoints({ evidence, object }: Located): Endpoints {
  const subsets = listAt(object, 'subsets')
  return {
    evidence,
    service: object.metadata.name,
    addresses: subsets.flatMap(subset =>
      [...listAt(subset, 'addresses'), ...listAt(subset, 'notReadyAddresses')].flatMap(
        address => stringAt(address, 'ip') ?? [],
      ),
    ),
    ports: subsets.flatMap(subset => listAt(subset, 'ports').flatMap(portOf)),
  }
}

function portOf(port: unknown): number | [] {
  return numberAt(port, 'port') ?? []
}
