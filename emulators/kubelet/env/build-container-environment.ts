import { ExpectedError } from '@goalixa/chassis/errors'
import type { Container, OnWire, Pod } from '@goalixa/emulators-shared/kubernetes/objects'
import type { V1EnvFromSource, V1EnvVarSource } from '@kubernetes/client-node'
import type { ConfigKind, ConfigReader, Entries } from './create-config-reader.ts'
import { expandVariables } from './expand-variables.ts'
import { readField } from './read-field.ts'
import { readResource } from './read-resource.ts'

type Options = {
  pod: Pod
  container: Container
  read: ConfigReader
  services: Record<string, string>
  addresses: { podIp: string; hostIp: string }
  node: { cpu: number; memory: number }
}

/**
 * Builds the environment variables of a container: Services first, then envFrom, then env in order; later ones
 * override. Throws ExpectedError with the kubelet's message if a ConfigMap, Secret or key is missing.
 */
export async function buildContainerEnvironment(options: Options): Promise<Record<string, string>> {
  const { pod, container, services } = options
  const known = new Map<string, Promise<Entries | undefined>>()
  const entriesOf = (kind: ConfigKind, name: string, isOptional?: boolean) => {
    const key = `${kind}/${name}`
    const entries = known.get(key) ?? options.read(kind, pod.metadata.namespace, name, isOptional)
    known.set(key, entries)
    return entries
  }
  const variables = pod.spec.enableServiceLinks === false ? {} : { ...services }
  for (const source of container.envFrom ?? []) Object.assign(variables, await allOf(source, entriesOf))
  for (const { name, value, valueFrom } of container.env ?? []) {
    const found = valueFrom
      ? await oneOf(valueFrom, options, entriesOf)
      : expandVariables(value ?? '', variables)
    if (found !== undefined) variables[name] = found
  }
  return variables
}

type EntriesOf = (kind: ConfigKind, name: string, isOptional?: boolean) => Promise<Entries | undefined>

async function allOf(
  { configMapRef, secretRef, prefix = '' }: OnWire<V1EnvFromSource>,
  entriesOf: EntriesOf,
) {
  const reference = configMapRef ?? secretRef
  const kind = configMapRef ? 'configmap' : 'secret'
  const entries = await entriesOf(kind, reference?.name ?? '', reference?.optional)
  return Object.fromEntries([...(entries ?? [])].map(([key, value]) => [`${prefix}${key}`, value.toString()]))
}

async function oneOf(source: OnWire<V1EnvVarSource>, options: Options, entriesOf: EntriesOf) {
  const { configMapKeyRef, secretKeyRef, fieldRef, resourceFieldRef } = source
  const { pod, container, addresses, node } = options
  if (fieldRef) return readField(fieldRef.fieldPath, pod, addresses) ?? unsupported(fieldRef.fieldPath)
  if (resourceFieldRef) return readResource(resourceFieldRef, container, node)
  const reference = configMapKeyRef ?? secretKeyRef
  if (!reference) return undefined
  const kind = configMapKeyRef ? 'configmap' : 'secret'
  const entries = await entriesOf(kind, reference.name ?? '', reference.optional)
  const value = entries?.get(reference.key)
  if (value === undefined && !reference.optional)
    throw new ExpectedError(
      'missing',
      'CONFIG_KEY_NOT_FOUND',
      `couldn't find key ${reference.key} in ${kind === 'secret' ? 'Secret' : 'ConfigMap'} ${pod.metadata.namespace}/${reference.name}`,
    )
  return value?.toString()
}

function unsupported(path: string): never {
  throw new ExpectedError('invalid', 'UNSUPPORTED_FIELD_PATH', `unsupported fieldPath: ${path}`)
}
