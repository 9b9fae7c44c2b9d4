import type { Cause } from '../../incident/verdict.ts'
import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import { type App, isOperating } from '../../snapshot/objects/delivery-app.ts'
import { questionId } from '../../snapshot/question-id.ts'
import type { Choice } from '../choose-proposal.ts'
import { classifyRisk } from '../classify-risk.ts'
import { preconditionsFor } from '../preconditions.ts'
import type { Proposal } from '../proposal.ts'
import { unansweredQuestions } from '../unanswered-questions.ts'
import { planVerification } from '../verification/plan-verification.ts'
import type { PredicateOfKind } from '../verification/predicate.ts'
import { chooseMethod } from './choose-method.ts'
import { irreversiblePart } from './irreversible-part.ts'
import { missingFor, type Release, releaseOf, reviewsNeeded } from './release.ts'
import { stepsFor } from './steps-for.ts'

/** Takes back the release behind a cause, by the method that the situation allows; or says why nobody should. */
export function proposeRollback(view: SnapshotView, cause: Cause): Choice {
  const missing = unansweredQuestions(view, missingFor(view, cause))
  if (missing.length > 0)
    return { proposal: null, message: 'It has to be read first how the release can be taken back.', missing }
  const release = releaseOf(view, cause)
  const refusal = whyNot(view, release)
  if (refusal !== null) return { proposal: null, message: refusal, missing: [] }
  const { method, rejected, warnings } = chooseMethod(view, release)
  if (method === null) {
    const reasons = rejected.map(one => `${one.method}: ${one.why}`).join('; ')
    return {
      proposal: null,
      message: `The release can not be taken back safely (${reasons}). A person has to.`,
      missing: [],
    }
  }
  const plan = stepsFor(method, release)
  const preconditions = preconditionsFor(view, cause.subject, release.app)
  if (preconditions.length === 0)
    return { proposal: null, message: 'The state of the workload was not read.', missing: [] }
  const proposal: Proposal = {
    kind: 'rollback',
    method,
    target: {
      ...cause.subject,
      app: release.app?.name ?? null,
      repo: release.app?.repo ?? null,
      service: cause.service,
    },
    risk: classifyRisk(view, release.workload),
    message: inWords(method, release),
    why: `${cause.message}. ${cause.change?.summary ?? ''}`.trim(),
    rejected,
    preconditions,
    ...plan,
    verification: planVerification({ view, cause, workload: release.workload, also: deployedSince(release) }),
    evidence: [
      ...new Set([
        ...cause.chain.flatMap(one => one.evidence),
        ...(cause.change?.evidence ?? []),
        ...release.evidence,
      ]),
    ],
    warnings,
  }
  return { proposal, message: proposal.message, missing: [] }
}

function whyNot(view: SnapshotView, release: Release): string | null {
  const part = irreversiblePart(view, release)
  if (part !== null) return `${part} A person has to decide.`
  if (release.app !== null && isOperating(release.app)) return whatToDoWhileOperating(release.app)
  if (release.app === null && !view.wasRead(questionId.deliveryApps()))
    return 'It could not be read whether Argo CD manages this workload, so no method is safe.'
  return null
}

// Nobody else's operation is ended by Syntra, so a person is told how.
function whatToDoWhileOperating({ name, operation }: App): string {
  const since = operation?.startedAt == null ? '' : ` since ${operation.startedAt}`
  return `An operation of ${name} is running in Argo CD${since}. Wait for its end, or end it with \`argocd app terminate-op ${name}\` if it hangs; then ask for an investigation again.`
}

/** Without this, a pause in the alert would look like recovery before anything was deployed. */
function deployedSince({ app, current }: Release): PredicateOfKind<'deployed-since'>[] {
  if (app === null || current === null) return []
  return [
    {
      kind: 'deployed-since',
      app: app.name,
      deployment: current.id,
      message: `Argo CD has deployed ${app.name} again`,
      tool: 'delivery_list_history',
      args: { name: app.name },
      path: 'history.0.id',
      op: '>',
      value: current.id,
    },
  ]
}

function inWords(method: Proposal['method'], release: Release): string {
  const { app, sha, current, target, toRevision, workload } = release
  if (method === 'git-revert' && reviewsNeeded(release) > 0)
    return `Open a pull request that reverts commit ${sha?.slice(0, 7)} in ${app?.repo}; people have to review and merge it.`
  if (method === 'git-revert')
    return `Revert commit ${sha?.slice(0, 7)} in ${app?.repo} and let Argo CD deploy ${app?.name} from it.`
  if (method === 'delivery-rollback') {
    const behind = sha === null ? '' : `, and revert commit ${sha.slice(0, 7)} in Git behind it`
    return `Roll ${app?.name} back in Argo CD from ${current?.revision.slice(0, 7)} to ${target?.revision.slice(0, 7)}${behind}.`
  }
  return `Take ${workload?.name} back to revision ${toRevision}.`
}
