import type { Question } from '@goalixa/tools/evidence'
import type { Finding } from '../incident/finding.ts'
import { isNamedByScope } from '../incident/findings/named-by-scope.ts'
import { describeSubject, subjectOfPod } from '../incident/findings/subject.ts'
import { deploymentQuestions } from '../snapshot/app-questions.ts'
import type { SnapshotView } from '../snapshot/index-snapshot.ts'
import { isClean } from '../snapshot/objects/is-clean.ts'
import type { Container, Pod } from '../snapshot/objects/pod.ts'
import type { Workload } from '../snapshot/objects/workload.ts'
import { questionId } from '../snapshot/question-id.ts'
import { compareStrings } from '../snapshot/text/compare-strings.ts'
import { isKubernetesName } from '../snapshot/text/is-kubernetes-name.ts'

const MAX_LOGS = 5
const MAX_APPS = 3
const TAIL_LINES = 80

/** Round two: the logs of the suspects' worst pods, and the applications that deploy them. */
export function followUpQuestions(
  view: SnapshotView,
  { findings, suspects }: { findings: Finding[]; suspects: Workload[] },
): Question[] {
  const apps = suspects.flatMap(suspect => view.appOfWorkload(suspect.name) ?? []).slice(0, MAX_APPS)
  const pods = [...suspects.flatMap(suspect => view.livePodsOf(suspect)), ...podsWithFindings(view, findings)]
  return [...logQuestions(view, [...new Set(pods)]), ...apps.flatMap(app => deploymentQuestions(app.name))]
}

/** The pods of what is no known workload, such as a Job, a bare pod or the object of an operator, if anything was found there. */
function podsWithFindings(view: SnapshotView, findings: Finding[]): Pod[] {
  return findings.flatMap(({ subject }) => {
    const ofController = view.podsOfController(subject).filter(pod => view.workloadOfPod(pod) === undefined)
    const itself = subject.kind === 'Pod' ? view.podNamed(subject.name) : undefined
    return [...ofController, ...(itself === undefined ? [] : [itself])].filter(
      pod => pod.phase !== 'Succeeded',
    )
  })
}

/** The worst pod of each workload, those that the scope names before others; of equally bad ones the newest. */
function logQuestions(view: SnapshotView, pods: Pod[]): Question[] {
  const named = new Set(pods.filter(pod => isNamedByScope(view, { ...pod, kind: 'Pod' })))
  const worstFirst = pods.toSorted(
    (a, b) =>
      Number(named.has(b)) - Number(named.has(a)) ||
      severityOf(b) - severityOf(a) ||
      compareStrings(b.createdAt ?? '', a.createdAt ?? '') ||
      compareStrings(a.name, b.name),
  )
  const perWorkload = Map.groupBy(worstFirst, pod => describeSubject(subjectOfPod(view, pod)))
  return [...perWorkload.values()].flatMap(([worst]) => (worst ? logsOfPod(worst) : [])).slice(0, MAX_LOGS)
}

function logsOfPod(pod: Pod): Question[] {
  const containers = pod.containers.filter(
    ({ isInit, ended }) => !isInit || ended === null || !isClean(ended),
  )
  return containers.flatMap(container => {
    if (!isKubernetesName(container.name) || !isKubernetesName(pod.name) || !hasRun(container)) return []
    const isRestarted = container.endedBefore !== null
    const current = logQuestion(pod, container.name, false)
    return isRestarted ? [logQuestion(pod, container.name, true), current] : [current]
  })
}

function logQuestion(pod: Pod, container: string, previous: boolean): Question {
  return {
    id: questionId.logs(pod.name, container, previous),
    tool: 'kubernetes_read_logs',
    args: { namespace: pod.namespace ?? '', pod: pod.name, container, previous, tailLines: TAIL_LINES },
    why: previous ? `log of ${pod.name} before its last restart` : `log of ${pod.name}`,
  }
}

function hasRun({ runningSince, ended, endedBefore }: Container): boolean {
  return runningSince !== null || ended !== null || endedBefore !== null
}

function severityOf({ containers, isReady, phase }: Pod): number {
  const isWaiting = containers.some(
    ({ waiting }) => waiting !== null && waiting.reason !== 'ContainerCreating',
  )
  const hasRestarted = containers.some(({ restarts }) => restarts > 0)
  return (
    (phase === 'Failed' ? 8 : 0) + (isWaiting ? 4 : 0) + (hasRestarted ? 2 : 0) + (isReady === false ? 1 : 0)
  )
}
