import type { Question } from '@goalixa/tools/evidence'
import { flagAt } from '../snapshot/objects/json-path.ts'
import type { View } from '../snapshot/index-snapshot.ts'
import type { Workload } from '../snapshot/objects/workload.ts'
import { isName } from '../snapshot/text/is-kubernetes-name.ts'

/** Whether the cluster would let Syntra change this workload itself. */
export function rightsQuestion({ kind, namespace, name }: Workload): Question[] {
  if (namespace === null || !isName(namespace) || !isName(name)) return []
  return [
    {
      id: `rights/patch/${kind}/${namespace}/${name}`,
      tool: 'kubernetes_can_i',
      args: { verb: 'patch', namespace, kind, name },
      why: `whether Syntra may change ${name}`,
    },
  ]
}

/** Whether the cluster is known to refuse. What could not be read is no refusal: the attempt would change nothing. */
export function isRefused(view: View, workload: Workload): boolean {
  return rightsQuestion(workload).some(({ id }) => flagAt(view.read(id)?.result, 'allowed') === false)
}
