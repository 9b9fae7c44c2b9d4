import { ExpectedError } from '@goalixa/chassis/errors'
import limitParallel from 'p-limit'
import { z } from 'zod'
import { LabelName, ObjectName } from '../names.ts'
import { defineTool } from '../tool.ts'
import { isClusterScoped, Kind } from './kinds.ts'
import { KubernetesObject } from './kubernetes-object.ts'
import type { ObjectList } from './object-list.ts'
import { projectObject } from './project-object.ts'
import { readScopedNodes } from './scoped-nodes.ts'
import { readScopedWorkloads, WORKLOAD_KINDS } from './scoped-workloads.ts'
import { thinOut } from './thin-out.ts'

/**
 * The result of `kubernetes_list_objects`; `refused` are the kinds that could not be read, or not all of them, and `counted` those of
 * which there are more than `atMost`, so that only some were listed.
 */
export const ListedObjects = z.object({
  objects: z.array(KubernetesObject),
  refused: z.array(z.object({ kind: Kind, code: z.string(), reason: z.string() })),
  counted: z.array(z.object({ kind: Kind, total: z.number(), listed: z.number() })),
})
export type ListedObjects = z.infer<typeof ListedObjects>

// Each list may hold one page in memory.
const PARALLEL_LISTS = 6

export const listObjects = defineTool({
  name: 'kubernetes_list_objects',
  description:
    'Lists the objects of the given kinds in one namespace as the API returns them; Secrets with keys only, Namespace means the namespace itself.',
  effect: 'read',
  input: z
    .strictObject({
      namespace: LabelName.optional(),
      kinds: z.array(Kind).min(1).max(30),
      /** Of a kind with more objects only those are listed that `about` leads to. */
      atMost: z.number().int().min(1).optional(),
      /** Names of objects, whatever their kind. */
      about: z.array(ObjectName).max(50).optional(),
    })
    .refine(({ namespace, kinds }) => namespace !== undefined || kinds.every(isClusterScoped), {
      path: ['namespace'],
      error: 'expected a namespace for a namespaced kind',
    }),
  async run({ namespace = '', kinds, atMost, about = [] }, { kubernetes }, signal): Promise<ListedObjects> {
    const wanted = [...new Set(kinds)]
    const limit = limitParallel(PARALLEL_LISTS)
    const query = atMost === undefined ? {} : { atMost }
    const answers = await Promise.allSettled(
      wanted.map(kind =>
        limit(() =>
          kind === 'Namespace' ? namespaceItself() : kubernetes.list(kind, namespace, signal, query),
        ),
      ),
    )
    const failed = answers.filter(answer => answer.status === 'rejected')
    if (failed.length === answers.length) throw failed[0]?.reason
    const outcomes = wanted.map((kind, index) => outcomeOf(kind, answers[index], { atMost, about }))
    const whole = outcomes.flatMap(each => each.objects)
    const totals = new Map(outcomes.flatMap(each => each.counted))
    const isInHand = (kind: Kind) => whole.some(object => object.kind === kind)
    const tooMany = new Set(WORKLOAD_KINDS.filter(kind => totals.has(kind) && !isInHand(kind)))
    const workloads =
      tooMany.size === 0
        ? []
        : await readScopedWorkloads(kubernetes, { namespace, about, tooMany, whole }, signal)
    const nodes = totals.has('Node') ? await readScopedNodes(kubernetes, about, signal) : []
    const scoped = [...workloads, ...nodes]
    const counted = [...totals].map(([kind, total]) => ({
      kind,
      total,
      listed: [...whole, ...scoped].filter(object => object.kind === kind).length,
    }))
    return {
      // Pods last, because a result that is too large loses its end.
      objects: [...whole, ...scoped].map(projectObject).toSorted((a, b) => rankOf(a) - rankOf(b)),
      refused: outcomes.flatMap(each => each.refused),
      counted,
    }

    // Not the list of all namespaces: a Role inside a namespace may allow reading that namespace, and no other.
    async function namespaceItself() {
      const objects = [await kubernetes.get('Namespace', null, namespace, signal)]
      return { objects, isComplete: true, total: 1, unreadable: [] }
    }
  },
})

function rankOf({ kind }: KubernetesObject): number {
  return kind === 'Pod' ? 2 : Number(kind === 'ReplicaSet')
}

type Answer = PromiseSettledResult<ObjectList> | undefined

type Outcome = Pick<ListedObjects, 'objects' | 'refused'> & { counted: [kind: Kind, total: number][] }

function outcomeOf(
  kind: Kind,
  answer: Answer,
  { atMost = Number.POSITIVE_INFINITY, about }: { atMost: number | undefined; about: string[] },
): Outcome {
  if (answer?.status === 'fulfilled') {
    const { objects, isComplete, unreadable, total, isCounted } = answer.value
    if (isCounted) return { objects, refused: [], counted: [[kind, total]] }
    // Only a server that ignores limits sends more than was asked for.
    if (objects.length > atMost && WORKLOAD_KINDS.some(thinned => thinned === kind))
      return { objects: thinOut(objects, about), refused: [], counted: [[kind, objects.length]] }
    const tooMany = { kind, code: 'TOO_MANY', reason: `more than ${objects.length} objects` }
    const unread = unreadable.map(({ kept, total, note }) => ({
      kind,
      code: 'UNREADABLE',
      reason: `${total - kept} of ${total} objects are ${note}`,
    }))
    return { objects, refused: isComplete ? unread : [tooMany, ...unread], counted: [] }
  }
  const error = answer?.reason
  if (!(error instanceof ExpectedError)) throw error
  return { objects: [], refused: [{ kind, code: error.code, reason: error.message }], counted: [] }
}
