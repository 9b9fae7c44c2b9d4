import type { Cause } from '../../incident/verdict.ts'
import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import { type App, isOperating } from '../../snapshot/objects/delivery-app.ts'
import { questionId } from '../../snapshot/question-id.ts'
import { type Choice, needsReads, noProposal } from '../choice.ts'
import { classifyRisk } from '../classify-risk.ts'
import { preconditionsFor } from '../preconditions.ts'
import type { Proposal, RollbackMethod } from '../proposal.ts'
import { unansweredQuestions } from '../unanswered-questions.ts'
import { planVerification } from '../verification/plan-verification.ts'
import type { PredicateOfKind } from '../verification/predicate.ts'
import { chooseMethod } from './choose-method.ts'
import { irreversiblePart } from './irreversible-part.ts'
import { planSteps } from './plan-steps.ts'
import { type Release, releaseOf, releaseQuestions, reviewsNeeded } from './release.ts'

/** Rolls back the release behind a cause, by the method that the situation allows; or says why nobody should. */
export function proposeRollback(view: SnapshotView, cause: Cause): Choice {
  const missing = unansweredQuestions(view, releaseQuestions(view, cause))
  if (missing.length > 0)
    return needsReads('How the release can be rolled back has to be read first.', missing)
  const release = releaseOf(view, cause)
  const refusal = reasonNotToRollBack(view, release)
  if (refusal !== null) return noProposal(refusal)
  const { method, rejected, warnings } = chooseMethod(view, release)
  if (method === null) {
    const reasons = rejected.map(({ method, why }) => `${method}: ${why}`).join('; ')
    return noProposal(`The release needs a manual rollback, because no method is safe (${reasons}).`)
  }
  const preconditions = preconditionsFor(view, cause.subject, release.app)
  if (preconditions.length === 0) return noProposal(`The state of ${cause.subject.name} could not be read.`)
  const proposal: Proposal = {
    kind: 'rollback',
    method,
    target: {
      ...cause.subject,
      app: release.app?.name ?? null,
      repo: release.app?.repo ?? null,
      service: cause.service,
    },
    ...classifyRisk(view, cause.subject),
    message: describe(method, release),
    why: `${cause.message}. ${cause.change?.summary ?? ''}`.trim(),
    rejected,
    preconditions,
    ...planSteps(method, release),
    verification: planVerification({
      view,
      cause,
      workload: release.workload,
      also: deployedSince(release),
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

function reasonNotToRollBack(view: SnapshotView, release: Release): string | null {
  const part = irreversiblePart(view, release)
  if (part !== null) return `${part} A person has to decide.`
  if (release.app !== null && isOperating(release.app)) return whatToDoWhileOperating(release.app)
  if (release.app === null && !view.wasRead(questionId.deliveryApps()))
    return 'Whether Argo CD manages this workload could not be read, so no method is safe.'
  return null
}

// Nobody else's operation is ended by Syntra, so a person is told how.
function whatToDoWhileOperating({ name, operation }: App): string {
  const since = operation?.startedAt == null ? '' : ` since ${operation.startedAt}`
  return `An operation of ${name} has been running in Argo CD${since}. Wait for it, or end it with \`argocd app terminate-op ${name}\` if it hangs; then start another investigation.`
}

/** Without this, a pause in the alert would look like recovery before anything was deployed. */
function deployedSince({ app, current }: Release): PredicateOfKind<'deployed-since'>[] {
  if (app === null || current === null) return []
  return [
    {
      kind: 'deployed-since',
      app: app.name,
      deployment: current.id,
      message: `${app.name} was deployed again`,
      tool: 'delivery_list_history',
      args: { name: app.name },
      path: 'history.0.id',
      op: '>',
      value: current.id,
    },
  ]
}

function describe(method: RollbackMethod, release: Release): string {
  const { app, sha, current, target, toRevision, workload } = release
  const commit = `commit ${sha?.slice(0, 7)}`
  switch (method) {
    case 'git-revert':
      return reviewsNeeded(release) > 0
        ? `Open a pull request that reverts ${commit} in ${app?.repo}, for people to review and merge.`
        : `Revert ${commit} in ${app?.repo} and deploy ${app?.name} from it.`
    case 'delivery-rollback': {
      const behind = sha === null ? '' : `, and open a pull request that reverts ${commit}`
      return `Roll ${app?.name} back from ${current?.revision.slice(0, 7)} to ${target?.revision.slice(0, 7)}${behind}.`
    }
    case 'rollout-undo':
      return `Roll ${workload?.name} back to revision ${toRevision}.`
  }
}
