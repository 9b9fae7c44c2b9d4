import { isRecord } from '@goalixa/chassis/is-record'
import { type FieldType, loadModel } from '@goalixa/kubernetes-api-emulator/registry/schema'
import type { KubeObject } from './rendered.ts'

/** Lists the paths of an object that the models of the Kubernetes client library lack, or whose values have another type. */
export function unknownFields(object: KubeObject): string[] {
  return validateRunbook(object, { is: 'model', model: modelName(object) }, object.kind)
}

function modelName({ apiVersion, kind }: KubeObject): string {
  const version = apiVersion.split('/').at(-1) ?? ''
  return `${version[0]?.toUpperCase()}${version.slice(1)}${kind}`
}

function validateRunbook(value: unknown, type: FieldType, path: string): string[] {
  if (type.is === 'model') return faultsOfModel(value, type.model, path)
  if (type.is === 'list')
    return Array.isArray(value)
      ? value.flatMap((item, index) => validateRunbook(item, type.of, `${path}[${index}]`))
      : [`${path}: expected a list`]
  if (type.is === 'map')
    return isRecord(value)
      ? Object.entries(value).flatMap(([key, item]) => validateRunbook(item, type.of, `${path}.${key}`))
      : [`${path}: expected a map`]
  const fits = {
    string: typeof value === 'string',
    bytes: typeof value === 'string',
    time: typeof value === 'string',
    boolean: typeof value === 'boolean',
    integer: Number.isInteger(value),
    number: typeof value === 'number',
    intOrString: typeof value === 'string' || Number.isInteger(value),
    quantity: typeof value === 'string' || typeof value === 'number',
    any: true,
  }[type.is]
  return fits ? [] : [`${path}: expected ${type.is}`]
}

function faultsOfModel(value: unknown, name: string, path: string): string[] {
  if (!isRecord(value)) return [`${path}: expected ${name}`]
  const model = loadModel(name)
  return Object.entries(value).flatMap(([key, item]) => {
    const field = model.get(key)
    return field ? validateRunbook(item, field, `${path}.${key}`) : [`${path}.${key}: unknown`]
  })
}
