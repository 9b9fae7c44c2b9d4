import type { Question } from '@goalixa/tools/evidence'
import { isClusterScoped, type Kind } from '@goalixa/tools/kubernetes/kinds'
import type { SnapshotView } from '../snapshot/index-snapshot.ts'
import { referencesOf } from '../snapshot/objects/environment-variables.ts'
import type { Pod } from '../snapshot/objects/pod.ts'
import type { Workload } from '../snapshot/objects/workload.ts'
import { questionId } from '../snapshot/question-id.ts'
import { isKubernetesName } from '../snapshot/text/is-kubernetes-name.ts'

const MAX_WORKLOADS = 3
const MAX_NODES = 3
const MAX_DETAILS = 8

/** Of the kinds that are too many to list: the nodes under the failing pods, and what the suspects are wired to and refer to. */
export function detailQuestions(
  view: SnapshotView,
  namespace: string,
  { suspects, pods }: { suspects: Workload[]; pods: Pod[] },
): Question[] {
  const nodes = [...new Set(pods.flatMap(pod => (pod.isReady === true ? [] : (pod.node ?? []))))]
  const wanted = suspects.slice(0, MAX_WORKLOADS).flatMap(({ service, name, template }) => [
    ...[...new Set([service, name])].flatMap(name => [
      { kind: 'Service' as const, name },
      { kind: 'Endpoints' as const, name },
    ]),
    ...referencesOf(template).map(({ kind, name }) => ({ kind: kind as Kind, name })),
  ])
  return [...nodes.slice(0, MAX_NODES).map(name => ({ kind: 'Node' as const, name })), ...wanted]
    .filter(({ kind, name }) => view.isCounted(kind) && isKubernetesName(name))
    .filter(
      ({ kind, name }, index, all) =>
        all.findIndex(other => other.kind === kind && other.name === name) === index,
    )
    .slice(0, MAX_DETAILS)
    .map(({ kind, name }) => ({
      id: questionId.detail(kind, name),
      tool: 'kubernetes_get_object',
      args: { kind, name, ...(isClusterScoped(kind) ? {} : { namespace }) },
      why: `${kind} ${name}, because there are too many to list`,
    }))
}
