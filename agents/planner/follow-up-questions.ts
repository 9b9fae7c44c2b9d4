import type { Question } from '@goalixa/tools/evidence'
import type { Finding } from '../incident/finding.ts'
import type { SnapshotView } from '../snapshot/index-snapshot.ts'
import type { Pod } from '../snapshot/objects/pod.ts'
import { questionId } from '../snapshot/question-id.ts'
import { isKubernetesName } from '../snapshot/text/is-kubernetes-name.ts'
import { suspectsOf } from './suspects.ts'

const MOST_LOGS = 5
const MOST_APPS = 3
const TAIL_LINES = 80

/** Round two: the logs of pods that look bad, and the applications and histories behind the suspects. */
export function followUpQuestions(view: SnapshotView, findings: Finding[]): Question[] {
  const suspects = suspectsOf(view, findings)
  const apps = suspects.flatMap(suspect => view.appOfWorkload(suspect.name) ?? []).slice(0, MOST_APPS)
  return [
    ...logQuestions(
      view,
      suspects.flatMap(suspect => view.livePodsOf(suspect)),
    ),
    ...apps.flatMap(app => appQuestions(app.name)),
  ]
}

/** What is asked about one application. */
export function appQuestions(name: string): Question[] {
  if (!isKubernetesName(name)) return []
  return [
    {
      id: questionId.deliveryHistory(name),
      tool: 'delivery_list_history',
      args: { name },
      why: `deployment history of ${name}`,
    },
    {
      id: questionId.deliveryDiff(name),
      tool: 'delivery_diff_app',
      args: { name },
      why: `differences between ${name} and Git`,
    },
  ]
}

function logQuestions(view: SnapshotView, pods: Pod[]): Question[] {
  const bad = pods.toSorted(
    (a, b) => badness(b) - badness(a) || compare(b.createdAt, a.createdAt) || compare(a.name, b.name),
  )
  const perService = new Map<string, number>()
  return bad
    .filter(pod => {
      const workload = view.workloadOfPod(pod)?.name ?? pod.name
      const taken = perService.get(workload) ?? 0
      perService.set(workload, taken + 1)
      return taken < 1
    })
    .flatMap(logsOfPod)
    .slice(0, MOST_LOGS)
}

function logsOfPod(pod: Pod): Question[] {
  const main = pod.containers.filter(container => !container.isInit || container.ended?.exitCode !== 0)
  return main.flatMap(container => {
    if (!isKubernetesName(container.name) || !isKubernetesName(pod.name)) return []
    const ask = (previous: boolean): Question => ({
      id: questionId.logs(pod.name, container.name, previous),
      tool: 'kubernetes_read_logs',
      args: {
        namespace: pod.namespace ?? '',
        pod: pod.name,
        container: container.name,
        previous,
        tailLines: TAIL_LINES,
      },
      why: previous ? `how ${pod.name} ended` : `what ${pod.name} says`,
    })
    const hasRun =
      container.runningSince !== null || container.ended !== null || container.endedBefore !== null
    if (!hasRun) return []
    return container.endedBefore !== null ? [ask(true), ask(false)] : [ask(false)]
  })
}

function badness(pod: Pod): number {
  const restarts = pod.containers.reduce((all, one) => all + one.restarts, 0)
  const waits = pod.containers.some(
    container => container.waiting !== null && container.waiting.reason !== 'ContainerCreating',
  )
  return (waits ? 4 : 0) + (restarts > 0 ? 2 : 0) + (pod.isReady === false ? 1 : 0)
}

function compare(a: string | null, b: string | null): number {
  const [left, right] = [a ?? '', b ?? '']
  if (left === right) return 0
  return left < right ? -1 : 1
}
