import type { Evidence } from '@goalixa/tools/evidence'
import { KubernetesObject, type Snapshot } from '../snapshot.ts'
import { fieldAt, listAt } from './json-path.ts'

/** The Kubernetes objects in one answer; what is not an object is left out. */
export function objectsOf({ id, question, result }: Evidence): Snapshot['objects'] {
  if (question.tool === 'kubernetes_list_objects')
    return listAt(result, 'objects').flatMap(object => located(id, object))
  if (question.tool === 'kubernetes_get_object') return located(id, fieldAt(result, 'object'))
  return []
}

function located(evidence: string, value: unknown): Snapshot['objects'] {
  const parsed = KubernetesObject.safeParse(value)
  return parsed.success ? [{ evidence, object: parsed.data }] : []
}
