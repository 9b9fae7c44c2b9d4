import type { Question } from '@goalixa/tools/evidence'
import { isClusterScoped, type Kind } from '@goalixa/tools/kubernetes/kinds'
import { seriesQuestions } from '../signals/series-questions.ts'
import { isPerPod } from '../signals/signals.ts'
import { OBJECT_LABELS } from '../snapshot/alert-labels.ts'
import { type Needs, PODS } from '../snapshot/needs.ts'
import { OBJECT_GROUPS, type ObjectGroup, questionId } from '../snapshot/question-id.ts'
import type { Scope } from '../snapshot/snapshot.ts'
import { isKubernetesName } from '../snapshot/text/is-kubernetes-name.ts'

/** Objects of one kind that are listed, however little is known about what matters of them: about half a megabyte of pods. */
const AT_MOST = 100
const EVENTS_AT_MOST = 500
const MAX_NAMES = 20

const WHY: Record<ObjectGroup, string> = {
  workloads: 'the state of the pods and their owners',
  wiring: 'how requests and settings reach the pods',
  secrets: 'which keys exist, without their values',
  nodes: 'the nodes under the pods, and the labels of the namespace',
}

/** What is asked whatever the alert: the objects, events, alerts, applications and signals of one namespace. */
export function firstQuestions(
  scope: Scope,
  { namespace, until, needs }: { namespace: string; until: string; needs: Needs },
): Question[] {
  return [
    ...objectQuestions(namespace, namesIn(scope), needs.kinds),
    {
      id: questionId.events(),
      tool: 'kubernetes_list_events',
      args: { namespace, atMost: EVENTS_AT_MOST, about: namesIn(scope) },
      why: 'events of the namespace',
    },
    {
      id: questionId.alerts(),
      tool: 'prometheus_list_alerts',
      args: {},
      why: 'whether the alert still fires, and what else does',
    },
    {
      id: questionId.deliveryApps(),
      tool: 'delivery_list_apps',
      args: {},
      why: 'what Git wants, and when it was last synced',
    },
    // Of each pod there is one: these follow once it is known which pods matter.
    ...seriesQuestions(scope, { namespace, until, signals: needs.signals.filter(name => !isPerPod(name)) }),
  ]
}

/** One question for each group of kinds, so that a refusal of one kind costs no more than its group. */
function objectQuestions(namespace: string, about: string[], kinds: readonly Kind[]): Question[] {
  return OBJECT_GROUPS.flatMap(group => {
    const wanted = kinds.filter(kind => groupOf(kind) === group)
    if (wanted.length === 0) return []
    const args = { namespace, kinds: wanted, atMost: AT_MOST, about: group === 'workloads' ? about : [] }
    return [{ id: questionId.objects(group), tool: 'kubernetes_list_objects', args, why: WHY[group] }]
  })
}

/** The names of what the scope is about, for reads of a namespace that is too large to be read whole. */
function namesIn({ alerts, object, service }: Scope): string[] {
  const labels = alerts.flatMap(alert => OBJECT_LABELS.flatMap(key => alert.labels[key] ?? []))
  const names = [service, object?.name, ...labels].filter(name => isKubernetesName(name))
  return [...new Set(names)].slice(0, MAX_NAMES)
}

function groupOf(kind: Kind): ObjectGroup {
  // Alone, because a cluster mostly refuses it.
  if (kind === 'Secret') return 'secrets'
  if (isClusterScoped(kind)) return 'nodes'
  return PODS.kinds.includes(kind) || kind === 'Job' ? 'workloads' : 'wiring'
}
