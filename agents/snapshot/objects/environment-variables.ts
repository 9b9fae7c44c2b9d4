import type { SnapshotView } from '../index-snapshot.ts'
import type { KubernetesObject } from '../snapshot.ts'
import { booleanAt, fieldAt, listAt, recordAt, stringAt } from './json-path.ts'

export type Reference = {
  kind: 'ConfigMap' | 'Secret'
  name: string
  /** null: the whole object. */
  key: string | null
  /** The variable or volume that refers to it. */
  wantedBy: string
  container: string
  isOptional: boolean
}

/** Every reference to a ConfigMap or Secret in a pod template, in env, envFrom and volumes. */
export function referencesOf(template: unknown): Reference[] {
  const containers = [...listAt(template, 'spec.initContainers'), ...listAt(template, 'spec.containers')]
  return [...containers.flatMap(ofContainer), ...listAt(template, 'spec.volumes').flatMap(ofVolume)]
}

/** The names of a container's environment variables, or null where a source of them was not read. */
export function variablesOf(view: SnapshotView, container: unknown): Set<string> | null {
  const names = new Set(listAt(container, 'env').flatMap(variable => stringAt(variable, 'name') ?? []))
  for (const source of listAt(container, 'envFrom')) {
    const map = stringAt(source, 'configMapRef.name')
    const secret = stringAt(source, 'secretRef.name')
    const found = map === null ? view.objectNamed('Secret', secret ?? '') : view.objectNamed('ConfigMap', map)
    if (found === undefined) return null
    for (const key of keysOf(found.object)) names.add(`${stringAt(source, 'prefix') ?? ''}${key}`)
  }
  return names
}

/** The keys of a ConfigMap or Secret. */
export function keysOf(object: KubernetesObject): string[] {
  return ['data', 'binaryData', 'stringData'].flatMap(part => Object.keys(recordAt(object, part)))
}

function ofContainer(container: unknown): Reference[] {
  const name = stringAt(container, 'name') ?? ''
  const single = listAt(container, 'env').flatMap(variable => {
    const wantedBy = stringAt(variable, 'name') ?? ''
    return [
      ...reference('ConfigMap', fieldAt(variable, 'valueFrom.configMapKeyRef'), wantedBy, name),
      ...reference('Secret', fieldAt(variable, 'valueFrom.secretKeyRef'), wantedBy, name),
    ]
  })
  const whole = listAt(container, 'envFrom').flatMap(source => [
    ...reference('ConfigMap', fieldAt(source, 'configMapRef'), 'envFrom', name),
    ...reference('Secret', fieldAt(source, 'secretRef'), 'envFrom', name),
  ])
  return [...single, ...whole]
}

function ofVolume(volume: unknown): Reference[] {
  const wantedBy = `volume ${stringAt(volume, 'name') ?? ''}`
  const map = reference('ConfigMap', fieldAt(volume, 'configMap'), wantedBy, '')
  const secretName = stringAt(volume, 'secret.secretName')
  const isOptional = booleanAt(volume, 'secret.optional') === true
  const secret: Reference[] =
    secretName === null
      ? []
      : [{ kind: 'Secret', name: secretName, key: null, wantedBy, container: '', isOptional }]
  return [...map, ...secret]
}

function reference(kind: Reference['kind'], from: unknown, wantedBy: string, container: string): Reference[] {
  const name = stringAt(from, 'name')
  if (name === null) return []
  return [
    {
      kind,
      name,
      key: stringAt(from, 'key'),
      wantedBy,
      container,
      isOptional: booleanAt(from, 'optional') === true,
    },
  ]
}
