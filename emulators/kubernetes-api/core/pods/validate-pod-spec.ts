import { parseQuantity } from '@goalixa/emulators-shared/kubernetes/parse-quantity'
import { duplicate, forbidden, invalid, notFound, required, unsupported } from '../../meta/field-error.ts'
import { quantityOr0 } from '../../meta/quantity.ts'
import type { FieldError } from '../../meta/resource-kind.ts'
import { validateName } from '../../meta/validate-names.ts'
import { type Container, isSidecar, type PodSpec, type Probe } from './pod-spec.ts'

/** Validates a pod spec at `path`. `restartPolicies` are those that the owner allows. */
export function validatePodSpec(
  path: string,
  spec: PodSpec | undefined,
  restartPolicies: readonly string[] = ['Always', 'OnFailure', 'Never'],
): FieldError[] {
  const containers = spec?.containers ?? []
  const errors: FieldError[] = []
  if (containers.length === 0) errors.push(required(`${path}.containers`))
  const volumes = new Set<string>()
  spec?.volumes?.forEach((volume, index) => {
    const at = `${path}.volumes[${index}]`
    if (!volume.name) errors.push(required(`${at}.name`))
    else if (volumes.has(volume.name)) errors.push(duplicate(`${at}.name`, volume.name))
    volumes.add(volume.name)
    if (volume.persistentVolumeClaim && !volume.persistentVolumeClaim.claimName)
      errors.push(required(`${at}.persistentVolumeClaim.claimName`))
  })
  const names = new Set<string>()
  const check = (list: Container[], field: string) =>
    list.forEach((container, index) => {
      errors.push(...validateContainer(`${path}.${field}[${index}]`, container, names, volumes))
    })
  check(containers, 'containers')
  check(spec?.initContainers ?? [], 'initContainers')
  errors.push(...validateSidecars(path, spec))
  const policy = spec?.restartPolicy ?? 'Always'
  if (!restartPolicies.includes(policy))
    errors.push(unsupported(`${path}.restartPolicy`, policy, restartPolicies))
  if ((spec?.terminationGracePeriodSeconds ?? 0) < 0)
    errors.push(
      invalid(
        `${path}.terminationGracePeriodSeconds`,
        spec?.terminationGracePeriodSeconds,
        'must be greater than or equal to 0',
      ),
    )
  return errors
}

function validateSidecars(path: string, spec: PodSpec | undefined): FieldError[] {
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

function validateContainer(
  at: string,
  container: Container,
  names: Set<string>,
  volumes: Set<string>,
): FieldError[] {
  const errors: FieldError[] = []
  if (!container.name) errors.push(required(`${at}.name`))
  else {
    errors.push(...validateName(`${at}.name`, container.name, 'label'))
    if (names.has(container.name)) errors.push(duplicate(`${at}.name`, container.name))
    names.add(container.name)
  }
  if (!container.image) errors.push(required(`${at}.image`))
  else if (container.image !== container.image.trim())
    errors.push(invalid(`${at}.image`, container.image, 'must not have leading or trailing whitespace'))
  if (container.imagePullPolicy && !['Always', 'IfNotPresent', 'Never'].includes(container.imagePullPolicy))
    errors.push(
      unsupported(`${at}.imagePullPolicy`, container.imagePullPolicy, ['Always', 'IfNotPresent', 'Never']),
    )
  container.ports?.forEach((port, index) => {
    errors.push(...validatePort(`${at}.ports[${index}].containerPort`, port.containerPort))
  })
  container.env?.forEach((variable, index) => {
    if (!variable.name) errors.push(required(`${at}.env[${index}].name`))
    if (variable.value && variable.valueFrom)
      errors.push(
        invalid(`${at}.env[${index}].valueFrom`, '', 'may not be specified when `value` is not empty'),
      )
  })
  container.volumeMounts?.forEach((mount, index) => {
    if (!mount.mountPath) errors.push(required(`${at}.volumeMounts[${index}].mountPath`))
    if (!volumes.has(mount.name)) errors.push(notFound(`${at}.volumeMounts[${index}].name`, mount.name))
  })
  errors.push(...validateResources(`${at}.resources`, container.resources ?? {}))
  for (const name of PROBES) {
    const probe = container[name]
    if (probe) errors.push(...validateProbe(`${at}.${name}`, probe, name))
  }
  return errors
}

/** Validates a port number. */
export function validatePort(field: string, port: unknown): FieldError[] {
  if (port === undefined || port === null || port === 0) return [required(field)]
  return Number.isInteger(port) && Number(port) >= 1 && Number(port) <= 65_535
    ? []
    : [invalid(field, port, 'must be between 1 and 65535, inclusive')]
}

function validateResources(
  at: string,
  { requests = {}, limits = {} }: NonNullable<Container['resources']>,
): FieldError[] {
  const errors: FieldError[] = []
  for (const [field, list] of [
    ['limits', limits],
    ['requests', requests],
  ] as const) {
    for (const [name, text] of Object.entries(list)) {
      const amount = parseQuantity(text)
      if (Number.isNaN(amount) || amount < 0)
        errors.push(invalid(`${at}.${field}.${name}`, text, 'must be greater than or equal to 0'))
    }
  }
  for (const [name, text] of Object.entries(requests)) {
    const limit = parseQuantity(limits[name])
    if (!Number.isNaN(limit) && quantityOr0(text) > limit)
      errors.push(
        invalid(`${at}.requests`, text, `must be less than or equal to ${name} limit of ${limits[name]}`),
      )
  }
  return errors
}

function validateProbe(at: string, probe: Probe, name: string): FieldError[] {
  const handlers = [probe.httpGet, probe.tcpSocket, probe.exec, probe.grpc].filter(Boolean)
  if (handlers.length === 0) return [required(at, 'must specify a handler type')]
  const errors: FieldError[] = []
  if (handlers.length > 1)
    errors.push({
      field: at,
      reason: 'FieldValueForbidden',
      message: 'Forbidden: may not specify more than 1 handler type',
    })
  if (probe.httpGet && typeof probe.httpGet.port !== 'string')
    errors.push(...validatePort(`${at}.httpGet.port`, probe.httpGet.port))
  if (probe.tcpSocket && typeof probe.tcpSocket.port !== 'string')
    errors.push(...validatePort(`${at}.tcpSocket.port`, probe.tcpSocket.port))
  for (const field of [
    'initialDelaySeconds',
    'timeoutSeconds',
    'periodSeconds',
    'successThreshold',
    'failureThreshold',
  ] as const) {
    if ((probe[field] ?? 0) < 0)
      errors.push(invalid(`${at}.${field}`, probe[field], 'must be greater than or equal to 0'))
  }
  if (name !== 'readinessProbe' && probe.successThreshold !== 1)
    errors.push(invalid(`${at}.successThreshold`, probe.successThreshold, 'must be 1'))
  return errors
}
