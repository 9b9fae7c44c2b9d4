import { ExpectedError } from '@goalixa/chassis/errors'
import { z } from 'zod'
import type { Cut } from '../evidence.ts'
import { reportCut } from '../read-scope.ts'
import { type Kind, pathOf } from './kinds.ts'
import type { createKubernetesHttp } from './kubernetes-http.ts'
import type { KubernetesObject } from './kubernetes-object.ts'
import { parseObjects } from './parse-object.ts'

const ObjectPage = z.looseObject({
  metadata: z
    .looseObject({ continue: z.string().optional(), remainingItemCount: z.number().optional() })
    .optional(),
  items: z.array(z.unknown()).nullable(),
})
const PAGE = 200
const SMALL_PAGE = 20
const MAX_PAGES = 40

const MAX_OBJECTS = PAGE * MAX_PAGES

/** The objects of a list. If it is incomplete, `total` is a lower bound. `unreadable` says which could not be parsed. */
export type ObjectList = {
  objects: KubernetesObject[]
  isComplete: boolean
  total: number
  unreadable: Cut[]
  /** Whether there are more than `atMost`, so that they were only counted. */
  isCounted?: boolean
}

/** Which objects of a kind are listed; by default all. */
export type ListQuery = {
  labelSelector?: string
  fieldSelector?: string
  /** A list of more is not read but counted, at the price of one object. */
  atMost?: number
}

/**
 * Creates a function that lists the objects of one kind, page by page. It is limited even if the server ignores the
 * limit or sends the same page for ever; a page that is too large is requested again with fewer objects.
 */
export function createObjectList(http: ReturnType<typeof createKubernetesHttp>) {
  return async (
    kind: Kind,
    namespace: string | null,
    { labelSelector, fieldSelector, atMost = Number.POSITIVE_INFINITY }: ListQuery,
    signal: AbortSignal,
  ): Promise<ObjectList> => {
    const objects: KubernetesObject[] = []
    const unreadable: Cut[] = []
    const incomplete = (left: number) => ({
      objects,
      isComplete: false,
      total: objects.length + left,
      unreadable,
    })
    const counted = (total: number) => ({
      objects: [],
      isComplete: false,
      total,
      unreadable: [],
      isCounted: true,
    })
    const fullPage = Math.min(PAGE, atMost)
    let limit = Number.isFinite(atMost) ? 1 : PAGE
    let next: string | undefined
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const answer = await readPage({ limit, continue: next, labelSelector, fieldSelector })
      if (answer === 'too large') {
        if (limit > 1) {
          limit = limit > SMALL_PAGE ? SMALL_PAGE : 1
          continue
        }
        return incomplete(1)
      }
      for (const object of answer.objects) objects.push(object)
      const known = objects.length + (answer.remaining ?? (answer.next ? 1 : 0))
      // A server that ignores the limit has sent all of them already.
      if (known > atMost && answer.next) return counted(known)
      if (page === 0) limit = fullPage
      if (answer.left > 0) return incomplete(answer.left)
      if (!answer.next) return { objects, isComplete: true, total: objects.length, unreadable }
      if (answer.next === next || objects.length >= MAX_OBJECTS) return incomplete(1)
      next = answer.next
    }
    return incomplete(1)

    async function readPage(
      query: Omit<ListQuery, 'atMost'> & { limit: number; continue: string | undefined },
    ) {
      const lost: Cut[] = []
      try {
        const options = { query, signal, lost }
        const { items, metadata } = await http.json(pathOf(kind, namespace), ObjectPage, options)
        const whole = items ?? []
        const cut = lost.find(({ path, unit }) => path === 'items' && unit === 'items')
        // A server that honours the limit then sends fewer objects; one that ignores it would send the same page again.
        if (cut !== undefined && cut.total <= limit) return 'too large'
        const parsed = await parseObjects(kind, whole, signal, unreadable)
        reportCut(
          'Kubernetes',
          lost.filter(entry => entry !== cut),
        )
        return {
          objects: parsed,
          next: metadata?.continue,
          // Not given for lists by a selector.
          remaining: metadata?.remainingItemCount,
          left: cut === undefined ? 0 : cut.total - cut.kept,
        }
      } catch (error) {
        const isTooLarge = error instanceof ExpectedError && error.code === 'RESPONSE_TOO_LARGE'
        // Without any object the read fails with this reason; with some, they are returned as an incomplete list.
        if (!isTooLarge || (limit === 1 && objects.length === 0)) throw error
        return 'too large'
      }
    }
  }
}
