import type { Question } from '@goalixa/tools/evidence'
import { questionId } from '../snapshot/question-id.ts'
import type { Scope } from '../snapshot/snapshot.ts'
import { isKubernetesName } from '../snapshot/text/is-kubernetes-name.ts'

const NODES_AT_MOST = 100
const EVENTS_AT_MOST = 100

/** What is asked of a scope that is about a node or the cluster as a whole: the nodes with their events, and the alerts. */
export function clusterQuestions({ object }: Scope): Question[] {
  const about = object !== null && isKubernetesName(object.name) ? [object.name] : []
  return [
    {
      id: questionId.objects('nodes'),
      tool: 'kubernetes_list_objects',
      args: { kinds: ['Node'], atMost: NODES_AT_MOST, about },
      why: 'the state of the nodes',
    },
    {
      id: questionId.events(),
      tool: 'kubernetes_list_events',
      // Kubernetes keeps the events of what has no namespace there.
      args: { namespace: 'default', atMost: EVENTS_AT_MOST, about },
      why: 'events of the nodes',
    },
    {
      id: questionId.alerts(),
      tool: 'prometheus_list_alerts',
      args: {},
      why: 'whether the alert still fires, and what else does',
    },
  ]
}
