import type { Diagnosis } from '../../incident/diagnose.ts'
import type { Cause } from '../../incident/verdict.ts'
import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import { type App, isOperating } from '../../snapshot/objects/delivery-app.ts'
import { questionId } from '../../snapshot/question-id.ts'
import { type Choice, proposeNothing, requestReads } from '../choice.ts'
import { classifyRisk } from '../classify-risk.ts'
import { explainCause } from '../explain-cause.ts'
import { filterUnansweredQuestions } from '../filter-unanswered-questions.ts'
import { listPreconditions } from '../list-preconditions.ts'
import type { Proposal, RollbackMethod } from '../proposal.ts'
import { planVerification } from '../verification/plan-verification.ts'
import type { PredicateOfKind } from '../verification/predicate.ts'
import { chooseMethod } from './choose-method.ts'
import { findIrreversiblePart } from './find-irreversible-part.ts'
import { planSteps } from './plan-steps.ts'
import { gatherRelease, listReleaseQuestions, type Release, reviewsNeeded } from './release.ts'

/** Proposes to roll back the release that caused a fault, by the method that fits the situation, or gives the reason not to. */
export function proposeRollback({ view, chains }: Diagnosis, cause: Cause): Choice {
  const missing = filterUnansweredQuestions(view, listReleaseQuestions(view, cause))
  if (missing.length > 0)
    return requestReads('Syntra first has to read how the release can be rolled back.', missing)
  const release = gatherRelease(view, cause)
  const refusal = reasonNotToRollBack(view, release, cause)
  if (refusal !== null) return proposeNothing(refusal)
  const { method, rejected, warnings } = chooseMethod(view, release)
  if (method === null) {
    const reasons = rejected.map(({ method, why }) => `${method}: ${why}`).join('; ')
    return proposeNothing(
      `Roll the release back manually, because no method is safe for Syntra (${reasons}).`,
    )
  }
  const preconditions = listPreconditions(view, cause.subject, release.app)
  if (preconditions.length === 0)
    return proposeNothing(
      `No rollback is proposed, because Syntra could not read the state of ${cause.subject.name}.`,
    )
  const proposal: Proposal = {
    kind: 'rollback',
    method,
    target: {
      ...cause.subject,
      app: release.app?.name ?? null,
      repo: release.app?.repo ?? null,
      service: cause.service,
    },
    // A rollout undo changes one workload, the other methods deploy the application.
    ...classifyRisk(view, cause.subject, method === 'rollout-undo' ? null : release.app),
    message: describeRollback(method, release),
    why: explainCause(cause),
    rejected,
    preconditions,
    ...planSteps(method, release),
    verification: planVerification({
      view,
      chains,
      cause,
      workload: release.workload,
      extra: deployedSince(release),
    }),
    evidence: [
      ...new Set([
        ...cause.chain.flatMap(finding => finding.evidence),
        ...(cause.change?.evidence ?? []),
        ...release.evidence,
      ]),
    ],
    warnings,
  }
  return { proposal, message: proposal.message, missing: [] }
}

function reasonNotToRollBack(view: SnapshotView, release: Release, { subject }: Cause): string | null {
  const unserved = describeUnservedRepository(view, release)
  if (unserved !== null) return unserved
  const part = findIrreversiblePart(view, release)
  if (part !== null) return `${part} Decide manually whether to roll back.`
  if (release.app !== null && isOperating(release.app)) return describeRunningOperation(release.app)
  if (release.app === null && !view.wasRead(questionId.deliveryApps()))
    return 'Syntra could not read whether a deploy system manages this workload, so no method is safe.'
  return release.app === null ? describeUnknownCluster(view, subject.name) : null
}

/** What a person has to set where an application of an unknown cluster may manage the workload, and would reset it. */
function describeUnknownCluster(view: SnapshotView, workload: string): string | null {
  const app = view.unplacedAppOfWorkload(workload)
  const lack = view.snapshot.unread.find(({ code }) => code === 'UNKNOWN_CLUSTER')
  if (app === undefined || lack === undefined) return null
  return `No rollback is proposed, because it is not known whether ${app.name} manages ${workload}. ${lack.reason}.`
}

/** What a person has to do where no forge is configured for the repository, so that its commits can be neither read nor reverted. */
function describeUnservedRepository(view: SnapshotView, { app, current, target }: Release): string | null {
  if (app === null || app.repo === null) return null
  const questions: string[] = [
    questionId.branchRules(app.repo, app.branch ?? ''),
    ...(current && target ? [questionId.compare(app.repo, target.revision, current.revision)] : []),
  ]
  const lack = view.snapshot.unread.find(
    ({ question, code }) => code === 'NOT_CONFIGURED' && questions.includes(question),
  )
  if (lack === undefined) return null
  const change =
    current && target
      ? `what changed from commit ${target.revision.slice(0, 7)} to ${current.revision.slice(0, 7)}`
      : 'the change'
  return `Syntra proposes no revert, because it cannot read the repository of ${app.name}. ${lack.reason}. Revert ${change} there manually.`
}

// Syntra does not end the operations of others: the message explains how a person can.
function describeRunningOperation({ name, operation }: App): string {
  const since = operation?.startedAt == null ? '' : ` since ${operation.startedAt}`
  return `Argo CD has been running an operation of ${name}${since}. Wait for it, or end it with \`argocd app terminate-op ${name}\` if it hangs; then start another investigation.`
}

/** Without this predicate, a pause in the alert would look like recovery before anything was deployed. */
function deployedSince({ app, current }: Release): PredicateOfKind<'deployed-since'>[] {
  if (app === null || current === null) return []
  return [
    {
      kind: 'deployed-since',
      app: app.name,
      deployment: current.id,
      message: `${app.name} was deployed after the diagnosis`,
      tool: 'delivery_list_history',
      args: { name: app.name },
      path: 'history.0.id',
      op: '>',
      value: current.id,
    },
  ]
}

function describeRollback(method: RollbackMethod, release: Release): string {
  const { app, sha, current, target, toRevision, workload } = release
  const commit = `commit ${sha?.slice(0, 7)}`
  switch (method) {
    case 'git-revert':
      return reviewsNeeded(release) > 0
        ? `Open a pull request that reverts ${commit} in ${app?.repo}, for people to review and merge.`
        : `Revert ${commit} in ${app?.repo} and deploy ${app?.name} from it.`
    case 'delivery-rollback': {
      const revert = sha === null ? '' : `, and open a pull request that reverts ${commit}`
      return `Roll ${app?.name} back from commit ${current?.revision.slice(0, 7)} to ${target?.revision.slice(0, 7)}${revert}.`
    }
    case 'rollout-undo':
      return `Roll ${workload?.name} back to revision ${toRevision}.`
  }
}
