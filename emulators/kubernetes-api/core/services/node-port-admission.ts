import { invalid } from '../../meta/field-error.ts'
import type { Admission } from '../../registry/dependencies.ts'
import { invalidObject } from '../../registry/status-error.ts'
import { services } from './kind.ts'
import type { Service } from './service.ts'

const [FIRST, LAST] = [30_000, 32_767]

/**
 * Allocates a unique node port to each port of NodePort and LoadBalancer services, and removes it from services of
 * other types. Source of the range: --service-node-port-range of kube-apiserver.
 */
export const nodePortAdmission: Admission = ({ kind, object, previous, store }) => {
  if (kind.kind !== services.kind) return
  const { spec, metadata } = object as Service
  const ports = spec?.ports ?? []
  if (spec?.type !== 'NodePort' && spec?.type !== 'LoadBalancer') {
    if ((previous as Service | undefined)?.spec.type !== spec?.type)
      for (const port of ports) delete port.nodePort
    return
  }
  const others = store.list(services).filter(service => service.metadata.uid !== metadata.uid)
  const taken = new Set(others.flatMap(other => (other.spec.ports ?? []).map(port => port.nodePort)))
  const before = (previous as Service | undefined)?.spec.ports ?? []
  for (const [index, port] of ports.entries()) {
    port.nodePort ||= before.find(
      earlier => earlier.port === port.port && earlier.protocol === port.protocol,
    )?.nodePort
    if (port.nodePort) check(port.nodePort, `spec.ports[${index}].nodePort`, taken, metadata.name)
    else port.nodePort = nextPort(taken, metadata.name)
    taken.add(port.nodePort)
  }
}

function check(port: number, field: string, taken: Set<number | undefined>, name: string) {
  if (port < FIRST || port > LAST)
    throw invalidObject(services, name, [
      invalid(
        field,
        port,
        `provided port is not in the valid range. The range of valid ports is ${FIRST}-${LAST}`,
      ),
    ])
  if (taken.has(port))
    throw invalidObject(services, name, [invalid(field, port, 'provided port is already allocated')])
}

function nextPort(taken: Set<number | undefined>, name: string): number {
  for (let port = FIRST; port <= LAST; port++) if (!taken.has(port)) return port
  throw invalidObject(services, name, [
    invalid('spec.ports', null, 'failed to allocate a nodePort: range is full'),
  ])
}
