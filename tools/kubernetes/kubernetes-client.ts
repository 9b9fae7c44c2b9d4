import { z } from 'zod'
import type { Cut } from '../evidence.ts'
import { retryRead } from '../http/retry-read.ts'
import { tolerantArray } from '../http/tolerant-array.ts'
import type { WriteCall } from '../write-call.ts'
import { type Kind, pathOf, resourceOf } from './kinds.ts'
import { createKubernetesHttp, type KubernetesSettings } from './kubernetes-http.ts'
import { createObjectList, type ListQuery } from './object-list.ts'
import { parseObject, parseObjects } from './parse-object.ts'
import { type LogQuery, readLog } from './read-log.ts'
import { listTableRows } from './table-rows.ts'

const CONTENT_TYPES = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
} as const

/** A change to one object; a JSON patch is a list of operations. */
export type Patch = { type: keyof typeof CONTENT_TYPES; body: unknown }

/** The part of the Kubernetes API that Syntra uses. Opens no connection until the first call. */
export function createKubernetesClient(settings: KubernetesSettings | undefined) {
  const http = createKubernetesHttp(settings)

  const list = createObjectList(http)

  return {
    /** All objects of a kind; `namespace` is ignored for cluster-scoped kinds. Incomplete beyond 8,000. */
    list: (kind: Kind, namespace: string | null, signal: AbortSignal, query: ListQuery = {}) =>
      retryRead(() => list(kind, namespace, query, signal), signal),

    /** The first objects of a list, and whether there are more. */
    listFirst: (kind: Kind, namespace: string, limit: number, query: ListQuery, signal: AbortSignal) =>
      retryRead(async () => {
        const { labelSelector, fieldSelector } = query
        const options = { query: { limit, labelSelector, fieldSelector }, signal }
        const { items, metadata } = await http.json(pathOf(kind, namespace), FirstPage, options)
        const unreadable: Cut[] = []
        const objects = await parseObjects(kind, items ?? [], signal, unreadable)
        return { objects, hasMore: Boolean(metadata?.continue) }
      }, signal),

    /** The rows that `kubectl get` prints of a list: a hundredth of the objects, where these are too many. */
    listRows: (kind: Kind, namespace: string | null, query: ListQuery, signal: AbortSignal) =>
      retryRead(() => listTableRows(http, kind, namespace, query, signal), signal),

    /** One object; throws `missing` if there is none. */
    get: (kind: Kind, namespace: string | null, name: string, signal: AbortSignal) =>
      retryRead(async () => {
        const object = await http.json(pathOf(kind, namespace, name), z.looseObject({}), { signal })
        return parseObject(kind, object, signal)
      }, signal),

    /** Patches one object; throws `conflict` if it changed in the meantime. */
    async patch(kind: Kind, namespace: string, name: string, patch: Patch, write: WriteCall) {
      const object = await http.json(pathOf(kind, namespace, name), z.looseObject({}), {
        method: 'PATCH',
        query: { fieldManager: 'syntra' },
        contentType: CONTENT_TYPES[patch.type],
        body: patch.body,
        signal: write.signal,
        write,
      })
      return parseObject(kind, object, write.signal)
    },

    /** Whether RBAC allows this to Syntra's own account; the review is not stored. */
    canI: ({ verb, kind, namespace, name }: AccessRequest, signal: AbortSignal) =>
      retryRead(async () => {
        const [group, resource] = resourceOf(kind)
        const review = await http.json(ACCESS_REVIEWS, AccessReview, {
          method: 'POST',
          body: {
            apiVersion: 'authorization.k8s.io/v1',
            kind: 'SelfSubjectAccessReview',
            spec: { resourceAttributes: { verb, group, resource, namespace, name } },
          },
          signal,
        })
        return review.status.allowed
      }, signal),

    /** The newest lines of a container's log as text, each prefixed with its timestamp. */
    readLog: (query: LogQuery, signal: AbortSignal) => retryRead(() => readLog(http, query, signal), signal),

    /** The pod metrics of a namespace from the metrics API (metrics.k8s.io). */
    listPodMetrics: (namespace: string, signal: AbortSignal) =>
      retryRead(
        () =>
          http.json(
            `/apis/metrics.k8s.io/v1beta1/namespaces/${encodeURIComponent(namespace)}/pods`,
            PodMetricsList,
            {
              signal,
            },
          ),
        signal,
      ),
  }
}
export type KubernetesClient = ReturnType<typeof createKubernetesClient>

type AccessRequest = { verb: string; kind: Kind; namespace: string; name: string }
const FirstPage = z.looseObject({
  metadata: z.looseObject({ continue: z.string().optional() }).optional(),
  items: z.array(z.unknown()).nullable(),
})
const ACCESS_REVIEWS = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'
const AccessReview = z.looseObject({ status: z.looseObject({ allowed: z.boolean() }) })

const PodMetrics = z.looseObject({
  metadata: z.looseObject({ name: z.string() }),
  containers: z.array(
    z.looseObject({ name: z.string(), usage: z.record(z.string(), z.union([z.string(), z.number()])) }),
  ),
})
const PodMetricsList = z.looseObject({ items: tolerantArray(PodMetrics) })
