import { mergePatch } from '@goalixa/emulators-shared/json/merge-patch'
import type { KubeObject } from '../meta/kube-object.ts'
import { applyConfiguration } from '../patches/apply-configuration.ts'
import { jsonPatch } from '../patches/json-patch.ts'
import { strategicMerge } from '../patches/strategic-merge.ts'
import type { Cluster } from '../registry/cluster.ts'
import { decode } from '../registry/decode.ts'
import { badRequest, conflict, notFoundError, StatusError } from '../registry/status-error.ts'
import type { Reply } from './reply.ts'
import { type ApiRequest, isDryRun, isEnabled, managerOf } from './request.ts'
import type { Target } from './target.ts'
import { answer, checkDocument, validationOf } from './write-objects.ts'

/** Handles PATCH of an object or its status, by the rules of the content type. Throws StatusError. */
export function patchObject(cluster: Cluster, target: Target, request: ApiRequest): Reply {
  if (request.contentType === 'application/apply-patch+yaml') return applyPatch(cluster, target, request)
  const { kind, namespace, name = '', subresource } = target
  const present = cluster.get(kind, namespace, name)
  const patched = patchedDocument(target, request, present)
  const { object, warnings } = decode(kind, patched, validationOf(request.query))
  const typed = object as KubeObject
  checkIdentity(target, typed)
  const options = { isDryRun: isDryRun(request.query), subresource, manager: { name: managerOf(request) } }
  return { ...answer(cluster, kind, cluster.update(kind, typed, options), request, 200), warnings }
}

function patchedDocument({ kind }: Target, { contentType, body }: ApiRequest, present: KubeObject): unknown {
  if (contentType === 'application/json-patch+json') return jsonPatch(present, body)
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw badRequest('the patch must be an object')
  if (contentType === 'application/merge-patch+json') return mergePatch(present, body)
  if (contentType === 'application/strategic-merge-patch+json')
    return strategicMerge({ is: 'model', model: kind.model }, present, body)
  throw new StatusError(
    415,
    'UnsupportedMediaType',
    'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml, application/strategic-merge-patch+json',
  )
}

// A patch may contain a resourceVersion as a precondition; without one it applies to the current version.
function checkIdentity({ kind, name = '', namespace }: Target, { metadata }: KubeObject) {
  if (metadata?.name !== name || metadata?.namespace !== namespace)
    throw conflict(kind, name, 'metadata.name and metadata.namespace cannot be changed')
}

function applyPatch(cluster: Cluster, target: Target, request: ApiRequest): Reply {
  const { kind, namespace, name = '', subresource } = target
  const { query, body } = request
  const manager = query.get('fieldManager')
  if (!manager)
    throw badRequest(
      'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
    )
  checkDocument(kind, body)
  const { object, warnings } = decode(kind, body, validationOf(query))
  const config = object as KubeObject
  config.metadata = { ...config.metadata, name, namespace }
  const live = cluster.find(kind, namespace, name)
  if (!live && subresource) throw notFoundError(kind, name)
  const applied = applyConfiguration({
    kind,
    live,
    config,
    manager,
    isForced: isEnabled(query, 'force'),
    now: cluster.now(),
    subresource,
  })
  const options = { isDryRun: isDryRun(query), subresource }
  const result = live ? cluster.update(kind, applied, options) : cluster.create(kind, applied, options)
  return { ...answer(cluster, kind, result, request, live ? 200 : 201), warnings }
}
