import { z } from 'zod'
import { parseAnswer } from '../http/parse-answer.ts'
import { retryRead } from '../http/retry-read.ts'
import type { WriteCall } from '../write-call.ts'
import { apiVersionOf, type Kind, pathOf, resourceOf } from './kinds.ts'
import { createKubernetesHttp, type KubernetesSettings } from './kubernetes-http.ts'
import { KubernetesObject } from './kubernetes-object.ts'
import { stripSecretData } from './strip-secret-data.ts'

const ObjectPage = z.looseObject({
  metadata: z.looseObject({ continue: z.string().optional() }).optional(),
  items: z.array(z.looseObject({ metadata: z.looseObject({ name: z.string() }) })).nullable(),
})
const PAGE = 500
const MAX_PAGES = 20

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

  async function listOnce(
    kind: Kind,
    namespace: string | null,
    labelSelector: string | undefined,
    signal: AbortSignal,
  ) {
    const objects: KubernetesObject[] = []
    let next: string | undefined
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const query = { limit: PAGE, continue: next, labelSelector }
      const { items, metadata } = await http.json(pathOf(kind, namespace), ObjectPage, { query, signal })
      objects.push(...(items ?? []).map(item => cleanObject(kind, item)))
      next = metadata?.continue
      if (!next) return { objects, isComplete: true }
    }
    return { objects, isComplete: false }
  }

  return {
    /** All objects of a kind; `namespace` is ignored for cluster-scoped kinds. Incomplete beyond 10,000. */
    list: (kind: Kind, namespace: string | null, signal: AbortSignal, labelSelector?: string) =>
      retryRead(() => listOnce(kind, namespace, labelSelector, signal), signal),

    /** One object; throws `missing` if there is none. */
    get: (kind: Kind, namespace: string | null, name: string, signal: AbortSignal) =>
      retryRead(async () => {
        const object = await http.json(pathOf(kind, namespace, name), z.looseObject({}), { signal })
        return cleanObject(kind, object)
      }, signal),

    /** Patches one object; throws `conflict` if it changed in the meantime. */
    async patch(kind: Kind, namespace: string, name: string, patch: Patch, { signal, prove }: WriteCall) {
      await prove()
      const object = await http.json(pathOf(kind, namespace, name), z.looseObject({}), {
        method: 'PATCH',
        query: { fieldManager: 'syntra' },
        contentType: CONTENT_TYPES[patch.type],
        body: patch.body,
        signal,
      })
      return cleanObject(kind, object)
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

    /** A container's log as text, each line prefixed with its timestamp. */
    readLog: (
      {
        namespace,
        pod,
        ...query
      }: {
        namespace: string
        pod: string
        container: string
        previous: boolean
        tailLines: number
        sinceSeconds?: number
      },
      signal: AbortSignal,
    ) =>
      retryRead(
        () =>
          http.text(`${pathOf('Pod', namespace, pod)}/log`, {
            query: { ...query, timestamps: true },
            signal,
          }),
        signal,
      ),

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
const ACCESS_REVIEWS = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'
const AccessReview = z.looseObject({ status: z.looseObject({ allowed: z.boolean() }) })

const PodMetricsList = z.looseObject({
  items: z.array(
    z.looseObject({
      metadata: z.looseObject({ name: z.string() }),
      containers: z.array(
        z.looseObject({ name: z.string(), usage: z.record(z.string(), z.union([z.string(), z.number()])) }),
      ),
    }),
  ),
})

// The items of a list have neither kind nor apiVersion.
function cleanObject(kind: Kind, raw: Record<string, unknown>): KubernetesObject {
  const { managedFields: _, ...metadata } = (raw.metadata ?? {}) as Record<string, unknown>
  const object = { ...raw, apiVersion: apiVersionOf(kind), kind, metadata }
  return stripSecretData(parseAnswer('Kubernetes', KubernetesObject, object))
}
