import { handleScale } from '../apps/scale.ts'
import { reviewAccess } from '../authorization/review-access.ts'
import { handleBinding } from '../core/pods/bind-pod.ts'
import { readLog } from '../core/pods/read-log.ts'
import { CONVERSIONS } from '../kinds.ts'
import { resourceNameOf } from '../meta/resource-kind.ts'
import { readMetrics } from '../metrics/metrics-api.ts'
import { handleEviction } from '../policy/evict-pod.ts'
import type { Cluster } from '../registry/cluster.ts'
import { convertCluster } from '../registry/convert-cluster.ts'
import { noSuchPath, StatusError } from '../registry/status-error.ts'
import { discover } from './discovery.ts'
import { openApi } from './open-api.ts'
import { parsePath } from './parse-path.ts'
import { patchObject } from './patch-object.ts'
import { getObject, listObjects } from './read-objects.ts'
import type { Reply, Stream } from './reply.ts'
import { type ApiRequest, isEnabled } from './request.ts'
import type { Target } from './target.ts'
import { watchObjects } from './watch-objects.ts'
import {
  createFromRequest,
  deleteCollection,
  deleteFromRequest,
  replaceFromRequest,
} from './write-objects.ts'

/** Handles one request of an authenticated user. Throws StatusError. */
export async function handleRequest(cluster: Cluster, request: ApiRequest): Promise<Reply | Stream> {
  const { method, path, accept } = request
  const known =
    method === 'GET'
      ? (discover(path, accept) ?? openApi(path, accept) ?? (await readMetrics(cluster, request)))
      : method === 'POST' && reviewAccess(request)
  if (known) return known
  const target = parsePath(path)
  if (!target) throw noSuchPath()
  authorize(target, request)
  if (target.subresource && !(target.subresource in SUBRESOURCES)) throw noSuchPath()
  const conversion = CONVERSIONS.find(({ kind }) => kind === target.kind)
  const converted = conversion ? convertCluster(cluster, conversion) : cluster
  return target.subresource
    ? handleSubresource(converted, target, request)
    : handleObjects(converted, target, request)
}

function authorize({ kind, namespace }: Target, { user, method }: ApiRequest) {
  if (user.canWrite || method === 'GET') return
  const verb = VERBS[method] ?? method.toLowerCase()
  const where = namespace ? ` in the namespace "${namespace}"` : ' at the cluster scope'
  throw new StatusError(
    403,
    'Forbidden',
    `${resourceNameOf(kind)} is forbidden: User "${user.name}" cannot ${verb} resource "${kind.plural}" in API group "${kind.group}"${where}`,
    { ...(kind.group ? { group: kind.group } : {}), kind: kind.plural },
  )
}

const VERBS: Record<string, string> = { POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' }

function handleObjects(cluster: Cluster, target: Target, request: ApiRequest): Reply | Stream {
  const { method, query } = request
  if (method === 'GET' && isEnabled(query, 'watch')) return watchObjects(cluster, target, request)
  if (target.name === undefined) {
    if (method === 'GET') return listObjects(cluster, target, request)
    if (method === 'POST') return createFromRequest(cluster, target, request)
    if (method === 'DELETE') return deleteCollection(cluster, target, request)
    throw notAllowed()
  }
  if (method === 'GET') return getObject(cluster, target, request)
  if (method === 'PUT') return replaceFromRequest(cluster, target, request)
  if (method === 'PATCH') return patchObject(cluster, target, request)
  if (method === 'DELETE') return deleteFromRequest(cluster, target, request)
  throw notAllowed()
}

type Subresource = (cluster: Cluster, target: Target, request: ApiRequest) => Reply | Stream

const SUBRESOURCES: Record<string, Subresource> = {
  status: handleStatus,
  scale: (cluster, target, request) =>
    target.kind.subresources?.includes('scale') ? handleScale(cluster, target, request) : missing(),
  log: (cluster, target, request) =>
    isPod(target, request, 'GET') ? readLog(cluster, target, request) : missing(),
  binding: (cluster, target, request) =>
    isPod(target, request, 'POST') ? handleBinding(cluster, target, request) : missing(),
  eviction: (cluster, target, request) =>
    isPod(target, request, 'POST') ? handleEviction(cluster, target, request) : missing(),
  finalize: (cluster, target, request) =>
    request.method === 'PUT' ? replaceFromRequest(cluster, target, request) : missing(),
}

function handleSubresource(cluster: Cluster, target: Target, request: ApiRequest): Reply | Stream {
  return SUBRESOURCES[target.subresource ?? '']?.(cluster, target, request) ?? missing()
}

function handleStatus(cluster: Cluster, target: Target, request: ApiRequest): Reply | Stream {
  if (!target.kind.subresources?.includes('status')) return missing()
  if (request.method === 'GET') return getObject(cluster, target, request)
  if (request.method === 'PUT') return replaceFromRequest(cluster, target, request)
  return request.method === 'PATCH' ? patchObject(cluster, target, request) : missing()
}

function isPod({ kind }: Target, { method }: ApiRequest, wanted: string): boolean {
  return kind.kind === 'Pod' && method === wanted
}

function missing(): never {
  throw noSuchPath()
}

function notAllowed(): StatusError {
  return new StatusError(
    405,
    'MethodNotAllowed',
    'the server does not allow this method on the requested resource',
  )
}
