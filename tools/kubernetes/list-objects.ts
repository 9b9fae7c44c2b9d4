import { ExpectedError } from '@goalixa/chassis/errors'
import limitParallel from 'p-limit'
import { z } from 'zod'
import { LabelName } from '../names.ts'
import { defineTool } from '../tool.ts'
import { Kind } from './kinds.ts'
import { KubernetesObject } from './kubernetes-object.ts'
import type { ObjectList } from './object-list.ts'

/** The result of `kubernetes_list_objects`; `refused` are the kinds that could not be read, or not all of them. */
export const ListedObjects = z.object({
  objects: z.array(KubernetesObject),
  refused: z.array(z.object({ kind: Kind, code: z.string(), reason: z.string() })),
})
export type ListedObjects = z.infer<typeof ListedObjects>

// Each list may hold one page in memory.
const PARALLEL_LISTS = 6

export const listObjects = defineTool({
  name: 'kubernetes_list_objects',
  description:
    'Lists the objects of the given kinds in one namespace as the API returns them; Secrets with keys only, Namespace means the namespace itself.',
  effect: 'read',
  input: z.strictObject({ namespace: LabelName, kinds: z.array(Kind).min(1).max(30) }),
  async run({ namespace, kinds }, { kubernetes }, signal): Promise<ListedObjects> {
    const wanted = [...new Set(kinds)]
    const limit = limitParallel(PARALLEL_LISTS)
    const answers = await Promise.allSettled(
      wanted.map(kind =>
        limit(() => (kind === 'Namespace' ? namespaceItself() : kubernetes.list(kind, namespace, signal))),
      ),
    )
    const failed = answers.filter(answer => answer.status === 'rejected')
    if (failed.length === answers.length) throw failed[0]?.reason
    const outcomes = wanted.map((kind, index) => outcomeOf(kind, answers[index]))
    return {
      objects: outcomes.flatMap(each => each.objects),
      refused: outcomes.flatMap(each => each.refused),
    }

    // Not the list of all namespaces: a Role inside a namespace may allow reading that namespace, and no other.
    async function namespaceItself() {
      const objects = [await kubernetes.get('Namespace', null, namespace, signal)]
      return { objects, isComplete: true, total: 1, unreadable: [] }
    }
  },
})

type Answer = PromiseSettledResult<ObjectList> | undefined

function outcomeOf(kind: Kind, answer: Answer): ListedObjects {
  if (answer?.status === 'fulfilled') {
    const { objects, isComplete, unreadable } = answer.value
    const tooMany = { kind, code: 'TOO_MANY', reason: `more than ${objects.length} objects` }
    const unread = unreadable.map(({ kept, total, note }) => ({
      kind,
      code: 'UNREADABLE',
      reason: `${total - kept} of ${total} objects are ${note}`,
    }))
    return { objects, refused: isComplete ? unread : [tooMany, ...unread] }
  }
  const error = answer?.reason
  if (!(error instanceof ExpectedError)) throw error
  return { objects: [], refused: [{ kind, code: error.code, reason: error.message }] }
}
