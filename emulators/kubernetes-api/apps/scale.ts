import { mergePatch } from '@goalixa/emulators-shared/json/merge-patch'
import { json, type Reply } from '../api/reply.ts'
import { type ApiRequest, isDryRun, managerOf } from '../api/request.ts'
import type { Target } from '../api/target.ts'
import { invalid } from '../meta/field-error.ts'
import { formatSelector } from '../meta/label-selector.ts'
import { jsonPatch } from '../patches/json-patch.ts'
import type { Cluster } from '../registry/cluster.ts'
import { badRequest, conflict, invalidObject } from '../registry/status-error.ts'
import type { Workload } from './workload.ts'

type Scale = {
  kind: 'Scale'
  apiVersion: 'autoscaling/v1'
  metadata: {
    name: string
    namespace?: string
    uid?: string
    resourceVersion?: string
    creationTimestamp?: string
  }
  spec: { replicas?: number }
  status: { replicas: number; selector: string }
}

/** Handles GET, PUT and PATCH of `/scale`. Throws StatusError. */
export function handleScale(
  cluster: Cluster,
  { kind, namespace, name = '' }: Target,
  request: ApiRequest,
): Reply {
  const workload = cluster.get(kind, namespace, name) as Workload
  if (request.method === 'GET') return json(200, scaleOf(workload))
  const wanted = wantedScale(scaleOf(workload), request)
  const replicas = wanted.spec?.replicas ?? 0
  if (!Number.isInteger(replicas) || replicas < 0)
    throw invalidObject({ group: 'autoscaling', kind: 'Scale' }, name, [
      invalid('spec.replicas', replicas, 'must be greater than or equal to 0'),
    ])
  const { resourceVersion } = wanted.metadata ?? {}
  if (resourceVersion && resourceVersion !== workload.metadata.resourceVersion)
    throw conflict(
      kind,
      name,
      'the object has been modified; please apply your changes to the latest version and try again',
    )
  const scaled = { ...workload, spec: { ...workload.spec, replicas } }
  const manager = { name: managerOf(request), subresource: 'scale' }
  const options = { isDryRun: isDryRun(request.query), manager }
  return json(200, scaleOf(cluster.update(kind, scaled, options) as Workload))
}

function wantedScale(present: Scale, { method, contentType, body }: ApiRequest): Scale {
  if (typeof body !== 'object' || body === null) throw badRequest('the body must be a Scale')
  if (method === 'PUT') return body as Scale
  if (contentType === 'application/json-patch+json') return jsonPatch(present, body) as Scale
  return mergePatch(present, body) as Scale
}

function scaleOf({ metadata, spec, status }: Workload): Scale {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = metadata
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: spec.replicas },
    status: { replicas: Number(status?.replicas ?? 0), selector: formatSelector(spec.selector) },
  }
}
