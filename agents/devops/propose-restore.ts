import type { Cause } from '../incident/verdict.ts'
import { flagAt, listAt, numberAt, textAt } from '../incident/view/fields.ts'
import type { View } from '../incident/view/view.ts'
import { appQuestions } from '../planner/follow-up-questions.ts'
import { gateQuestions } from '../planner/release-questions.ts'
import { askUnlessKnown } from './ask-unless-known.ts'
import type { Choice } from './choose-proposal.ts'
import { observedOf } from './observed-of.ts'
import type { Proposal } from './proposal.ts'
import { riskOf } from './risk-of.ts'
import { verificationOf } from './verification-of.ts'

/** Back to what Git says after a change by hand: a sync where it would change nothing else, else the replicas only. */
export function proposeRestore(view: View, cause: Cause): Choice {
  const workload = view.workloadNamed(cause.subject.name)
  const app = view.appOfWorkload(cause.subject.name)
  if (workload === undefined || app === undefined)
    return { proposal: null, says: `${cause.says}. It is not known what Git wants.`, missing: [] }
  const missing = askUnlessKnown(view, [...appQuestions(app.name), ...gateQuestions(app)])
  if (missing.length > 0)
    return { proposal: null, says: `It has to be read first what a sync of ${app.name} would do.`, missing }

  const diff = view.read(`argocd/diff/${app.name}`)
  const changes = listAt(diff?.result, 'differences').flatMap(one =>
    listAt(one, 'changes').map(change => ({
      name: textAt(one, 'name'),
      path: textAt(change, 'path'),
      change,
    })),
  )
  const replicas = changes.find(one => one.name === workload.name && one.path === 'spec.replicas')
  const [live, desired] = [numberAt(replicas?.change, 'live'), numberAt(replicas?.change, 'desired')]
  if (live === null || desired === null)
    return { proposal: null, says: 'The difference from Git is gone.', missing: [] }

  const others = changes.length - 1
  const windows = view.read(`argocd/windows/${app.name}`)
  const isBlocked = flagAt(windows?.result, 'canSync') === false
  const isBusy = app.operation?.phase === 'Running'
  const sync = others === 0 && !isBlocked && !isBusy
  const whyNotSync = syncRefusal({ others, isBlocked, isBusy })
  const { namespace, name, kind } = cause.subject
  const scaleTo = (count: number) => ({
    tool: 'kubernetes_scale_workload',
    args: { namespace: namespace ?? view.namespace ?? '', kind, name, replicas: count },
    says: `Set ${name} to ${count} replicas.`,
  })
  const proposal: Proposal = {
    kind: sync ? 'sync' : 'scale',
    method: sync ? 'argocd-sync' : 'scale',
    target: { ...cause.subject, app: app.name, repo: app.repo, service: cause.service },
    risk: riskOf(view, workload),
    says: sync
      ? `Sync ${app.name}, so that ${name} has ${desired} replicas again, as Git says.`
      : `Scale ${name} back to ${desired} replicas, as Git says.`,
    why: cause.says,
    rejected: [
      { method: 'git-revert', why: 'nothing was changed in Git' },
      { method: 'argocd-rollback', why: 'the deployed revision is the right one' },
      sync
        ? { method: 'scale', why: 'a sync does the same and leaves Argo CD in step' }
        : { method: 'argocd-sync', why: whyNotSync },
    ],
    observed: observedOf(view, cause.subject, app),
    steps: sync
      ? [{ tool: 'argocd_sync_app', args: { name: app.name }, says: `Sync ${app.name} to what Git says.` }]
      : [scaleTo(desired)],
    undo: { steps: [scaleTo(live)] },
    verification: verificationOf({ view, cause, workload, replicas: desired }),
    evidence: [
      ...new Set([
        ...cause.chain.flatMap(one => one.evidence),
        app.evidence,
        ...(diff === undefined ? [] : [diff.evidence]),
      ]),
    ],
    warnings: ['Whoever scaled it may have had a reason: ask before the next time.'],
  }
  if (proposal.observed.length === 0)
    return { proposal: null, says: 'The state of the workload was not read.', missing: [] }
  return { proposal, says: proposal.says, missing: [] }
}

function syncRefusal({
  others,
  isBlocked,
  isBusy,
}: {
  others: number
  isBlocked: boolean
  isBusy: boolean
}): string {
  if (isBlocked) return 'a sync window forbids it now'
  if (isBusy) return 'another operation is running'
  return `it would change ${others} more ${others === 1 ? 'field' : 'fields'}`
}
