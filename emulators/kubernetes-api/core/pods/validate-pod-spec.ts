import { parseQuantity } from '@goalixa/emulators-shared/kubernetes/parse-quantity'
import { duplicate, forbidden, invalid, notFound, required, unsupported } from '../../meta/field-error.ts'
import { quantityOr0 } from '../../meta/quantity.ts'
import type { Fault } from '../../meta/resource-kind.ts'
import { nameFaults } from '../../meta/validate-names.ts'
import { type Container, isSidecar, type PodSpec, type Probe } from './pod-spec.ts'

/** Faults of a pod spec found at `path`. `restartPolicies` are those that the owner allows. */
export function validatePodSpec(
  path: string,
  spec: PodSpec | undefined,
  restartPolicies: readonly string[] = ['Always', 'OnFailure', 'Never'],
): Fault[] {
  const containers = spec?.containers ?? []
  const faults: Fault[] = []
  if (containers.length === 0) faults.push(required(`${path}.containers`))
  const volumes = new Set<string>()
  spec?.volumes?.forEach((volume, index) => {
    const at = `${path}.volumes[${index}]`
    if (!volume.name) faults.push(required(`${at}.name`))
    else if (volumes.has(volume.name)) faults.push(duplicate(`${at}.name`, volume.name))
    volumes.add(volume.name)
    if (volume.persistentVolumeClaim && !volume.persistentVolumeClaim.claimName)
      faults.push(required(`${at}.persistentVolumeClaim.claimName`))
  })
  const names = new Set<string>()
  const check = (list: Container[], field: string) =>
    list.forEach((container, index) => {
      faults.push(...containerFaults(`${path}.${field}[${index}]`, container, names, volumes))
    })
  check(containers, 'containers')
  check(spec?.initContainers ?? [], 'initContainers')
  faults.push(...sidecarFaults(path, spec))
  const policy = spec?.restartPolicy ?? 'Always'
  if (!restartPolicies.includes(policy))
    faults.push(unsupported(`${path}.restartPolicy`, policy, restartPolicies))
  if ((spec?.terminationGracePeriodSeconds ?? 0) < 0)
    faults.push(
      invalid(
        `${path}.terminationGracePeriodSeconds`,
        spec?.terminationGracePeriodSeconds,
        'must be greater than or equal to 0',
      ),
    )
  return faults
}

function sidecarFaults(path: string, spec: PodSpec | undefined): Fault[] {
  const regular = (spec?.containers ?? []).flatMap(({ restartPolicy }, index) =>
    restartPolicy
      ? [forbidden(`${path}.containers[${index}].restartPolicy`, 'may not be set for non-init containers')]
      : [],
  )
  const inits = (spec?.initContainers ?? []).flatMap((container, index) => {
    const at = `${path}.initContainers[${index}]`
    if (isSidecar(container)) return []
    if (container.restartPolicy)
      return [unsupported(`${at}.restartPolicy`, container.restartPolicy, ['Always'])]
    return ([...PROBES, 'lifecycle'] as const)
      .filter(name => container[name])
      .map(name =>
        forbidden(`${at}.${name}`, 'may not be set for init containers without restartPolicy=Always'),
      )
  })
  return [...regular, ...inits]
}

const PROBES = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const

function containerFaults(
  at: string,
  container: Container,
  names: Set<string>,
  volumes: Set<string>,
): Fault[] {
  const faults: Fault[] = []
  if (!container.name) faults.push(required(`${at}.name`))
  else {
    faults.push(...nameFaults(`${at}.name`, container.name, 'label'))
    if (names.has(container.name)) faults.push(duplicate(`${at}.name`, container.name))
    names.add(container.name)
  }
  if (!container.image) faults.push(required(`${at}.image`))
  else if (container.image !== container.image.trim())
    faults.push(invalid(`${at}.image`, container.image, 'must not have leading or trailing whitespace'))
  if (container.imagePullPolicy && !['Always', 'IfNotPresent', 'Never'].includes(container.imagePullPolicy))
    faults.push(
      unsupported(`${at}.imagePullPolicy`, container.imagePullPolicy, ['Always', 'IfNotPresent', 'Never']),
    )
  container.ports?.forEach((port, index) => {
    faults.push(...portFaults(`${at}.ports[${index}].containerPort`, port.containerPort))
  })
  container.env?.forEach((variable, index) => {
    if (!variable.name) faults.push(required(`${at}.env[${index}].name`))
    if (variable.value && variable.valueFrom)
      faults.push(
        invalid(`${at}.env[${index}].valueFrom`, '', 'may not be specified when `value` is not empty'),
      )
  })
  container.volumeMounts?.forEach((mount, index) => {
    if (!mount.mountPath) faults.push(required(`${at}.volumeMounts[${index}].mountPath`))
    if (!volumes.has(mount.name)) faults.push(notFound(`${at}.volumeMounts[${index}].name`, mount.name))
  })
  faults.push(...resourceFaults(`${at}.resources`, container.resources ?? {}))
  for (const name of PROBES) {
    const probe = container[name]
    if (probe) faults.push(...probeFaults(`${at}.${name}`, probe, name))
  }
  return faults
}

/** Faults of a port number. */
export function portFaults(field: string, port: unknown): Fault[] {
  if (port === undefined || port === null || port === 0) return [required(field)]
  return Number.isInteger(port) && Number(port) >= 1 && Number(port) <= 65_535
    ? []
    : [invalid(field, port, 'must be between 1 and 65535, inclusive')]
}

function resourceFaults(
  at: string,
  { requests = {}, limits = {} }: NonNullable<Container['resources']>,
): Fault[] {
  const faults: Fault[] = []
  for (const [field, list] of [
    ['limits', limits],
    ['requests', requests],
  ] as const) {
    for (const [name, text] of Object.entries(list)) {
      const amount = parseQuantity(text)
      if (Number.isNaN(amount) || amount < 0)
        faults.push(invalid(`${at}.${field}.${name}`, text, 'must be greater than or equal to 0'))
    }
  }
  for (const [name, text] of Object.entries(requests)) {
    const limit = parseQuantity(limits[name])
    if (!Number.isNaN(limit) && quantityOr0(text) > limit)
      faults.push(
        invalid(`${at}.requests`, text, `must be less than or equal to ${name} limit of ${limits[name]}`),
      )
  }
  return faults
}

function probeFaults(at: string, probe: Probe, name: string): Fault[] {
  const handlers = [probe.httpGet, probe.tcpSocket, probe.exec, probe.grpc].filter(Boolean)
  if (handlers.length === 0) return [required(at, 'must specify a handler type')]
  const faults: Fault[] = []
  if (handlers.length > 1)
    faults.push({
      field: at,
      reason: 'FieldValueForbidden',
      message: 'Forbidden: may not specify more than 1 handler type',
    })
  if (probe.httpGet && typeof probe.httpGet.port !== 'string')
    faults.push(...portFaults(`${at}.httpGet.port`, probe.httpGet.port))
  if (probe.tcpSocket && typeof probe.tcpSocket.port !== 'string')
    faults.push(...portFaults(`${at}.tcpSocket.port`, probe.tcpSocket.port))
  for (const field of [
    'initialDelaySeconds',
    'timeoutSeconds',
    'periodSeconds',
    'successThreshold',
    'failureThreshold',
  ] as const) {
    if ((probe[field] ?? 0) < 0)
      faults.push(invalid(`${at}.${field}`, probe[field], 'must be greater than or equal to 0'))
  }
  if (name !== 'readinessProbe' && probe.successThreshold !== 1)
    faults.push(invalid(`${at}.successThreshold`, probe.successThreshold, 'must be 1'))
  return faults
}
