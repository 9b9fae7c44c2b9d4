import type { Question } from '@goalixa/tools/evidence'
import { cardOf } from '../../incident/analysers/registry.ts'
import type { Cause } from '../../incident/verdict.ts'
import {
  commitsQuestions,
  compareQuestion,
  deploymentQuestions,
  gateQuestions,
} from '../../snapshot/app-questions.ts'
import { historyOf, isSameDeployment } from '../../snapshot/changes/sync-changes.ts'
import { scaled } from '../../snapshot/clock.ts'
import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import type { App } from '../../snapshot/objects/delivery-app.ts'
import { booleanAt, listAt, numberAt, stringAt } from '../../snapshot/objects/json-path.ts'
import type { Workload } from '../../snapshot/objects/workload.ts'
import { questionId } from '../../snapshot/question-id.ts'
import { rightsQuestion } from '../rights-question.ts'

type Deployment = { id: number; revision: string; content?: string | null }

/** Everything that decides how a release can be rolled back. */
export type Release = {
  cause: Cause
  workload: Workload | undefined
  app: App | null
  /** The deployment in the history that contains the release, and the one to roll back to. */
  current: Deployment | null
  target: Deployment | null
  /** The commit to revert; null: not known, or more than one. */
  sha: string | null
  /** The revision of the Deployment to roll back to, and its current one. */
  toRevision: number | null
  fromRevision: number | null
  canSync: boolean | null
  requiredReviews: number | null
  requiredChecks: number | null
  /** How long to wait for an operation of the deploy system, and for the checks of a pull request. */
  operationSeconds: number
  checkSeconds: number
  evidence: string[]
}

/** The questions to answer before a method can be chosen. Later questions depend on the answers to earlier ones. */
export function listReleaseQuestions(view: SnapshotView, cause: Cause): Question[] {
  const app = appOf(view, cause)
  const workload = view.workloadNamed(cause.subject.name)
  if (app === undefined)
    return [
      {
        id: questionId.deliveryApps(),
        tool: 'delivery_list_apps',
        args: {},
        why: 'whether a deploy system manages this workload',
      },
      ...(workload === undefined ? [] : rightsQuestion(workload)),
    ]
  const first = [...deploymentQuestions(app.name), ...gateQuestions(app)]
  const { current, target } = findDeployments(view, app, cause)
  if (current === null || target === null || app.repo === null) return first
  const { repo } = app
  const compare = compareQuestion(repo, target.revision, current.revision, 'what the release changed')
  const candidates = findCandidates(view, app, current, target)
  const details = candidates.length > 1 ? candidates.slice(0, 4).map(sha => commitQuestion(repo, sha)) : []
  return [...first, compare, ...commitsQuestions(app), ...details]
}

/** The release behind a cause, from what was read. */
export function gatherRelease(view: SnapshotView, cause: Cause): Release {
  const app = appOf(view, cause) ?? null
  const workload = view.workloadNamed(cause.subject.name)
  const { current, target } =
    app === null ? { current: null, target: null } : findDeployments(view, app, cause)
  const rules = app === null ? undefined : view.read(questionId.branchRules(app.repo ?? '', app.branch ?? ''))
  const windows = app === null ? undefined : view.read(questionId.syncWindows(app.name))
  // Revision numbers are valid for one Deployment only.
  const isRollout = cause.change?.kind === 'rollout' && isSame(cause.change.subject, workload)
  const reads = [rules, windows, app === null ? undefined : view.read(questionId.deliveryHistory(app.name))]
  return {
    cause,
    workload,
    app,
    current,
    target,
    sha:
      app === null || current === null || target === null
        ? null
        : findCulpritCommit(view, app, current, target, cause),
    toRevision: isRollout ? numberOf(cause.change?.from) : null,
    fromRevision: isRollout ? numberOf(cause.change?.to) : null,
    canSync: booleanAt(windows?.result, 'canSync'),
    requiredReviews: numberAt(rules?.result, 'requiredReviews'),
    requiredChecks: rules === undefined ? null : listAt(rules.result, 'requiredChecks').length,
    operationSeconds: Math.round(scaled(view.scope, 300, 60)),
    checkSeconds: Math.round(scaled(view.scope, 600, 120)),
    evidence: reads.flatMap(read => read?.evidence ?? []),
  }
}

/** The number of reviews that the branch requires; 0 where that is not known. */
export function reviewsNeeded({ requiredReviews }: Pick<Release, 'requiredReviews'>): number {
  return requiredReviews ?? 0
}

function isSame(subject: Cause['subject'], workload: Workload | undefined): boolean {
  return subject.kind === workload?.kind && subject.name === workload.name
}

function appOf(view: SnapshotView, { subject }: Cause): App | undefined {
  return view.appOfObject(subject.kind, subject.name) ?? view.appOfWorkload(subject.name)
}

/** The deployment that contains the change, and the newest one before it with another revision: the last good one. */
function findDeployments(
  view: SnapshotView,
  app: App,
  { change }: Cause,
): { current: Deployment | null; target: Deployment | null } {
  const history = historyOf(view.read(questionId.deliveryHistory(app.name))?.result).map(deployment => ({
    ...deployment,
    id: Number(deployment.id),
  }))
  const at = Date.parse(change?.at ?? '')
  const index =
    change?.kind === 'sync'
      ? history.findIndex(({ revision }) => revision === change.to)
      : history.findIndex(deployment => Date.parse(deployment.at) <= at + view.toleranceSeconds * 1000)
  const current = history[index]
  // A newer deployment is not the culprit, but would be rolled back as well.
  if (current === undefined || index > 0) return { current: current ?? null, target: null }
  const target = history.slice(1).find(deployment => !isSameDeployment(deployment, current))
  return { current, target: target ?? null }
}

/** The commits of the release that touched the application's folder. */
function findCandidates(view: SnapshotView, app: App, current: Deployment, target: Deployment): string[] {
  const compare = view.read(questionId.compare(app.repo ?? '', target.revision, current.revision))
  const shas = (result: unknown) => listAt(result, 'commits').flatMap(commit => stringAt(commit, 'sha') ?? [])
  const released = shas(compare?.result)
  const commits = view.read(questionId.commits(app.name))
  return commits === undefined ? released : shas(commits.result).filter(sha => released.includes(sha))
}

function findCulpritCommit(
  view: SnapshotView,
  app: App,
  current: Deployment,
  target: Deployment,
  cause: Cause,
): string | null {
  const candidates = findCandidates(view, app, current, target)
  if (candidates.length <= 1) return candidates[0] ?? null
  const root = cause.chain[0]
  const mechanism = root === undefined ? null : cardOf(root.code).mechanism
  const touching = candidates.filter(sha => {
    const files = listAt(view.read(questionId.commit(app.repo ?? '', sha))?.result, 'files')
    const changed = files.flatMap(file => changedLines(stringAt(file, 'patch') ?? ''))
    return mechanism !== null && changed.some(line => mechanism.test(line))
  })
  // Of two commits that touch the mechanism, either may be the culprit, and reverting the wrong one would not help.
  return touching.length === 1 ? (touching[0] ?? null) : null
}

function commitQuestion(repo: string, sha: string): Question {
  return {
    id: questionId.commit(repo, sha),
    tool: 'forge_get_commit',
    args: { repo, sha },
    why: 'which of several commits is the culprit',
  }
}

function changedLines(patch: string): string[] {
  return patch.split('\n').filter(line => /^[+-](?![+-]{2})/.test(line))
}

function numberOf(text: string | null | undefined): number | null {
  const number = Number(text)
  return text !== null && text !== undefined && Number.isInteger(number) ? number : null
}
