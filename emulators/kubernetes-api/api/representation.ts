import { DEFAULT_COLUMNS } from '../meta/columns.ts'
import type { KubeObject } from '../meta/kube-object.ts'
import type { Column, ResourceKind } from '../meta/resource-kind.ts'
import { apiVersionOf } from '../meta/resource-kind.ts'
import { serialize, serializeItem } from './serialize.ts'

type ListMeta = { resourceVersion: string; continue?: string; remainingItemCount?: number }

/** The form in which a client requests objects: whole, as rows of a table, or as metadata only. */
export type Representation = {
  contentType: string
  writeObject(object: KubeObject): string
  writeList(objects: KubeObject[], metadata: ListMeta): string
}
type Options = { kind: ResourceKind; accept: string; query: URLSearchParams; now: Date }

/** Returns the first form in the Accept header that the server supports. */
export function representationOf(options: Options): Representation {
  for (const part of options.accept.split(',')) {
    const [type, ...parameters] = part
      .trim()
      .split(';')
      .map(word => word.trim())
    if (type !== 'application/json' && type !== '*/*') continue
    const as = parameters.find(word => word.startsWith('as='))?.slice(3)
    const version = parameters.find(word => word.startsWith('v='))?.slice(2) ?? 'v1'
    if (as === 'Table') return tableOf(options, version)
    if (as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList') return partial(version)
    if (as === undefined) break
  }
  return whole(options.kind)
}

function whole(kind: ResourceKind): Representation {
  return {
    contentType: 'application/json',
    writeObject: serialize,
    writeList: (objects, metadata) =>
      `{"kind":"${kind.kind}List","apiVersion":"${apiVersionOf(kind)}","metadata":${JSON.stringify(metadata)},"items":[${objects.map(serializeItem).join(',')}]}`,
  }
}

function partial(version: string): Representation {
  const apiVersion = `meta.k8s.io/${version}`
  return {
    contentType: 'application/json',
    writeObject: object => JSON.stringify(metadataOf(object, version)),
    writeList: (objects, metadata) =>
      JSON.stringify({
        kind: 'PartialObjectMetadataList',
        apiVersion,
        metadata,
        items: objects.map(object => metadataOf(object, version)),
      }),
  }
}

function metadataOf({ metadata }: KubeObject, version: string) {
  return { kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${version}`, metadata }
}

function tableOf({ kind, query, now }: Options, version: string): Representation {
  const columns = kind.columns ?? DEFAULT_COLUMNS
  const included = query.get('includeObject') ?? 'Metadata'
  const row = (object: KubeObject) => ({
    cells: columns.map(column => column.read(object, now)),
    ...rowObject(object, included, version),
  })
  const table = (objects: KubeObject[], metadata: ListMeta) =>
    JSON.stringify({
      kind: 'Table',
      apiVersion: `meta.k8s.io/${version}`,
      metadata,
      columnDefinitions: columns.map(definitionOf),
      rows: objects.map(row),
    })
  return {
    contentType: 'application/json',
    writeObject: object => table([object], { resourceVersion: object.metadata.resourceVersion }),
    writeList: table,
  }
}

function rowObject(object: KubeObject, included: string, version: string) {
  if (included === 'None') return {}
  return { object: included === 'Object' ? object : metadataOf(object, version) }
}

function definitionOf({ name, type = 'string', format = '', priority = 0, description = '' }: Column) {
  return { name, type, format, description, priority }
}
