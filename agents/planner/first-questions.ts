import type { Question } from '@goalixa/tools/evidence'
import { seriesQuestions } from '../signals/series-questions.ts'
import { type ObjectGroup, questionId } from '../snapshot/question-id.ts'
import type { Scope } from '../snapshot/snapshot.ts'

const WORKLOADS = ['Pod', 'Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job']
const WIRING = [
  'Service',
  'Endpoints',
  'EndpointSlice',
  'Ingress',
  'NetworkPolicy',
  'ConfigMap',
  'HorizontalPodAutoscaler',
  'PodDisruptionBudget',
  'ResourceQuota',
  'PersistentVolumeClaim',
]

/** What is asked whatever the alert: the objects, events, alerts, applications and signals of one namespace. */
export function firstQuestions(scope: Scope, namespace: string, until: string): Question[] {
  const objects = (group: ObjectGroup, kinds: string[], why: string): Question => ({
    id: questionId.objects(group),
    tool: 'kubernetes_list_objects',
    args: { namespace, kinds },
    why,
  })
  return [
    objects('workloads', WORKLOADS, 'the state of pods and what owns them'),
    objects('wiring', WIRING, 'how requests and settings reach the pods'),
    objects('secrets', ['Secret'], 'which keys exist, without their values'),
    objects('nodes', ['Node', 'Namespace'], 'the nodes under the pods, and the environment of the namespace'),
    {
      id: questionId.events(),
      tool: 'kubernetes_list_events',
      args: { namespace },
      why: 'what the cluster complains about',
    },
    {
      id: questionId.alerts(),
      tool: 'prometheus_list_alerts',
      args: {},
      why: 'whether the alert still holds, and what else fires',
    },
    {
      id: questionId.deliveryApps(),
      tool: 'delivery_list_apps',
      args: {},
      why: 'what Git wants and what was synced when',
    },
    ...seriesQuestions(scope, namespace, until),
  ]
}
