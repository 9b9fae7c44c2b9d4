import type { Question } from '@goalixa/tools/evidence'
import type { SnapshotView } from '../snapshot/index-snapshot.ts'
import { booleanAt } from '../snapshot/objects/json-path.ts'
import type { Workload } from '../snapshot/objects/workload.ts'
import { type QuestionId, questionId } from '../snapshot/question-id.ts'
import { isKubernetesName } from '../snapshot/text/is-kubernetes-name.ts'

/** The question whether the cluster allows Syntra to change this workload. */
export function rightsQuestion({ kind, namespace, name }: Workload): (Question & { id: QuestionId })[] {
  if (namespace === null || !isKubernetesName(namespace) || !isKubernetesName(name)) return []
  return [
    {
      id: questionId.rights('patch', kind, namespace, name),
      tool: 'kubernetes_can_i',
      args: { verb: 'patch', namespace, kind, name },
      why: `whether Syntra may change ${name}`,
    },
  ]
}

/** Whether the cluster is known to forbid it. A right that could not be read does not count: a forbidden attempt changes nothing. */
export function isChangeForbidden(view: SnapshotView, workload: Workload): boolean {
  return rightsQuestion(workload).some(({ id }) => booleanAt(view.read(id)?.result, 'allowed') === false)
}
