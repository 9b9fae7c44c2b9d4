import type { KubeObject } from '../meta/kube-object.ts'
import type { ResourceKind } from '../meta/resource-kind.ts'
import { apiVersionOf } from '../meta/resource-kind.ts'
import type { Cluster } from '../registry/cluster.ts'
import { decode, type FieldValidation } from '../registry/decode.ts'
import type { DeleteOptions } from '../registry/delete-object.ts'
import { badRequest, StatusError } from '../registry/status-error.ts'
import { json, type Reply } from './reply.ts'
import { representationOf } from './representation.ts'
import { type ApiRequest, isDryRun, managerOf } from './request.ts'
import { parseFilter } from './selectors.ts'
import { serialize } from './serialize.ts'
import type { Target } from './target.ts'

/** Handles POST to a collection. Throws StatusError. */
export function createFromRequest(cluster: Cluster, target: Target, request: ApiRequest): Reply {
  const { object, warnings } = readObject(target, request)
  const options = { isDryRun: isDryRun(request.query), manager: { name: managerOf(request) } }
  const created = cluster.create(target.kind, object, options)
  return { ...answer(cluster, target.kind, created, request, 201), warnings }
}

/** Handles PUT of an object or its status; creates the object where the API does so. Throws StatusError. */
export function replaceFromRequest(cluster: Cluster, target: Target, request: ApiRequest): Reply {
  const { object, warnings } = readObject(target, request)
  if (object.metadata.name !== target.name)
    throw badRequest(
      `the name of the object (${object.metadata.name}) does not match the name on the URL (${target.name})`,
    )
  const { subresource } = target
  const options = { isDryRun: isDryRun(request.query), subresource, manager: { name: managerOf(request) } }
  const updated = cluster.update(target.kind, object, options)
  return { ...answer(cluster, target.kind, updated, request, 200), warnings }
}

/**
 * Handles DELETE of one object; responds with the object while a finalizer or a grace period holds it. Throws
 * StatusError.
 */
export function deleteFromRequest(
  cluster: Cluster,
  { kind, namespace, name = '' }: Target,
  request: ApiRequest,
): Reply {
  const { object, isGone } = cluster.remove(kind, namespace, name, deleteOptions(request))
  if (!isGone) return { code: 200, body: serialize(object) }
  return json(200, {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: {
      name,
      ...(kind.group ? { group: kind.group } : {}),
      kind: kind.plural,
      uid: object.metadata.uid,
    },
  })
}

/** Handles DELETE of a collection; responds with the deleted objects. */
export function deleteCollection(cluster: Cluster, { kind, namespace }: Target, request: ApiRequest): Reply {
  const filter = parseFilter(kind, request.query)
  const options = deleteOptions(request)
  const deleted = cluster
    .list(kind, namespace)
    .filter(filter)
    .map(({ metadata }) => cluster.remove(kind, metadata.namespace, metadata.name, options).object)
  const form = representationOf({ kind, accept: request.accept, query: request.query, now: cluster.now() })
  return { code: 200, body: form.writeList(deleted, { resourceVersion: String(cluster.store.revision()) }) }
}

function readObject(
  { kind, namespace }: Target,
  { body, query }: ApiRequest,
): { object: KubeObject; warnings: string[] } {
  checkDocument(kind, body)
  const { object, warnings } = decode(kind, body, validationOf(query))
  const typed = object as KubeObject
  return { object: { ...typed, metadata: inNamespace(kind, typed.metadata ?? {}, namespace) }, warnings }
}

/** Sets the namespace of the URL on an object without one. Throws StatusError 400 if it has another. */
function inNamespace(kind: ResourceKind, metadata: KubeObject['metadata'], namespace: string | undefined) {
  if (!kind.isNamespaced) return { ...metadata, namespace: undefined }
  if (!namespace) throw badRequest('an empty namespace may not be set when a resource name is provided')
  if (metadata.namespace && metadata.namespace !== namespace)
    throw badRequest(`the namespace of the provided object does not match the namespace sent on the request`)
  return { ...metadata, namespace }
}

/** Checks that a document is of the kind in the URL. Throws StatusError 400. */
export function checkDocument(kind: ResourceKind, body: unknown): asserts body is Record<string, unknown> {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw badRequest(`the body must be one object of kind ${kind.kind}`)
  const { apiVersion, kind: name } = body as { apiVersion?: unknown; kind?: unknown }
  if (apiVersion && apiVersion !== apiVersionOf(kind))
    throw badRequest(
      `the API version in the data (${apiVersion}) does not match the expected API version (${apiVersionOf(kind)})`,
    )
  if (name && name !== kind.kind)
    throw badRequest(`the kind in the data (${name}) does not match the expected kind (${kind.kind})`)
}

/** Returns how the client wants unknown fields handled; Warn by default. */
export function validationOf(query: URLSearchParams): FieldValidation {
  const asked = query.get('fieldValidation')
  if (asked === 'Strict' || asked === 'Ignore') return asked
  return 'Warn'
}

/** Creates the response to a write. */
export function answer(
  cluster: Cluster,
  kind: ResourceKind,
  object: KubeObject,
  { accept, query }: ApiRequest,
  code: number,
): Reply {
  const form = representationOf({ kind, accept, query, now: cluster.now() })
  return { code, contentType: form.contentType, body: form.writeObject(object) }
}

/** Reads the options of a delete from its body and its query. */
export function deleteOptions({ body, query }: ApiRequest): DeleteOptions {
  const given = (typeof body === 'object' && body !== null ? body : {}) as DeleteOptions & {
    dryRun?: string[]
  }
  const grace = query.get('gracePeriodSeconds')
  const gracePeriodSeconds = grace === null ? given.gracePeriodSeconds : Number(grace)
  if (gracePeriodSeconds !== undefined && !Number.isInteger(gracePeriodSeconds))
    throw new StatusError(400, 'BadRequest', 'gracePeriodSeconds: must be a whole number of seconds')
  return {
    gracePeriodSeconds,
    propagationPolicy: query.get('propagationPolicy') ?? given.propagationPolicy,
    orphanDependents: given.orphanDependents,
    preconditions: given.preconditions,
    isDryRun: isDryRun(query) || given.dryRun?.includes('All'),
  }
}
