import { duplicate, required } from '../../meta/field-error.ts'
import type { FieldError } from '../../meta/resource-kind.ts'
import { validatePort } from '../pods/validate-pod-spec.ts'
import type { ServicePort } from './service.ts'

export function validateServicePorts(ports: ServicePort[]): FieldError[] {
  const names = new Set<string>()
  return ports.flatMap((port, index) => {
    const at = `spec.ports[${index}]`
    const errors = validatePort(`${at}.port`, port.port)
    if (typeof port.targetPort === 'number') errors.push(...validatePort(`${at}.targetPort`, port.targetPort))
    if (ports.length > 1 && !port.name) errors.push(required(`${at}.name`))
    if (port.name && names.has(port.name)) errors.push(duplicate(`${at}.name`, port.name))
    names.add(port.name ?? '')
    return errors
  })
}
