import type { Service } from '@goalixa/emulators-shared/kubernetes/objects'

/**
 * Builds the variables that describe the Services of a namespace to its pods (`CORE_SERVICE_HOST`,
 * `CORE_PORT_8080_TCP_ADDR`…). Source:
 * https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
 */
export function buildServiceEnvironment(services: Service[], namespace: string): Record<string, string> {
  const visible = services.filter(
    ({ metadata, spec }) => isVisible(metadata, namespace) && hasAddress(spec?.clusterIP),
  )
  return Object.assign({}, ...visible.map(variablesOf))
}

function isVisible({ namespace, name }: Service['metadata'], of: string): boolean {
  return namespace === of || (namespace === 'default' && name === 'kubernetes')
}

function hasAddress(clusterIp: string | undefined): clusterIp is string {
  return clusterIp !== undefined && clusterIp !== '' && clusterIp !== 'None'
}

function variablesOf({ metadata, spec }: Service): Record<string, string> {
  const prefix = metadata.name.toUpperCase().replaceAll('-', '_')
  const host = spec?.clusterIP ?? ''
  const ports = spec?.ports ?? []
  const [first] = ports
  if (!first) return {}
  const variables: Record<string, string> = {
    [`${prefix}_SERVICE_HOST`]: host,
    [`${prefix}_SERVICE_PORT`]: String(first.port),
    [`${prefix}_PORT`]: `${(first.protocol ?? 'TCP').toLowerCase()}://${host}:${first.port}`,
  }
  for (const { name, port, protocol = 'TCP' } of ports) {
    const key = `${prefix}_PORT_${port}_${protocol}`
    if (name) variables[`${prefix}_SERVICE_PORT_${name.toUpperCase().replaceAll('-', '_')}`] = String(port)
    variables[key] = `${protocol.toLowerCase()}://${host}:${port}`
    variables[`${key}_PROTO`] = protocol.toLowerCase()
    variables[`${key}_PORT`] = String(port)
    variables[`${key}_ADDR`] = host
  }
  return variables
}
