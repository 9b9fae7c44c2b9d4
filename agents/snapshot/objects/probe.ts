import { fieldAt, listAt, numberAt, stringAt } from './json-path.ts'

export type Probe = {
  kind: 'readinessProbe' | 'livenessProbe' | 'startupProbe'
  container: string
  path: string | null
  /** A number or the name of a port. */
  port: string | null
  scheme: string
  /** The command of an exec probe. */
  command: string | null
  timeoutSeconds: number
  /** The longest that a healthy start may take before the probe gives up, in seconds. */
  graceSeconds: number
}

const KINDS = ['readinessProbe', 'livenessProbe', 'startupProbe'] as const

/** The probes of a pod template, sidecars included. */
export function probesOf(template: unknown): Probe[] {
  return [...sidecarsOf(template), ...listAt(template, 'spec.containers')].flatMap(container =>
    KINDS.flatMap(kind => {
      const probe = fieldAt(container, kind)
      if (typeof probe !== 'object' || probe === null) return []
      const port =
        fieldAt(probe, 'httpGet.port') ?? fieldAt(probe, 'tcpSocket.port') ?? fieldAt(probe, 'grpc.port')
      const command = listAt(probe, 'exec.command')
      return [
        {
          kind,
          container: stringAt(container, 'name') ?? '',
          path: stringAt(probe, 'httpGet.path'),
          port: typeof port === 'string' || typeof port === 'number' ? String(port) : null,
          scheme: stringAt(probe, 'httpGet.scheme') ?? 'HTTP',
          command: command.length === 0 ? null : command.join(' '),
          timeoutSeconds: numberAt(probe, 'timeoutSeconds') ?? 1,
          graceSeconds:
            (numberAt(probe, 'initialDelaySeconds') ?? 0) +
            (numberAt(probe, 'periodSeconds') ?? 10) * (numberAt(probe, 'failureThreshold') ?? 3),
        },
      ]
    }),
  )
}

/** The declared ports of a template, sidecars included, by number and name. Empty where none are declared. */
export function portsOf(template: unknown): { number: string; name: string | null }[] {
  return [...sidecarsOf(template), ...listAt(template, 'spec.containers')].flatMap(container =>
    listAt(container, 'ports').flatMap(port => {
      const number = numberAt(port, 'containerPort')
      return number === null ? [] : [{ number: String(number), name: stringAt(port, 'name') }]
    }),
  )
}

function sidecarsOf(template: unknown): unknown[] {
  return listAt(template, 'spec.initContainers').filter(
    container => stringAt(container, 'restartPolicy') === 'Always',
  )
}
