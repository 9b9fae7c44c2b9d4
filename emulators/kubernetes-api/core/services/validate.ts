import { duplicate, required } from '../../meta/field-error.ts'
import type { Fault } from '../../meta/resource-kind.ts'
import { portFaults } from '../pods/validate-pod-spec.ts'
import type { ServicePort } from './kind.ts'

export function portsFaults(ports: ServicePort[]): Fault[] {
  const names = new Set<string>()
  return ports.flatMap((port, index) => {
    const at = `spec.ports[${index}]`
    const faults = portFaults(`${at}.port`, port.port)
    if (typeof port.targetPort === 'number') faults.push(...portFaults(`${at}.targetPort`, port.targetPort))
    if (ports.length > 1 && !port.name) faults.push(required(`${at}.name`))
    if (port.name && names.has(port.name)) faults.push(duplicate(`${at}.name`, port.name))
    names.add(port.name ?? '')
    return faults
  })
}
