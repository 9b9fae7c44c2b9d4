import { cardOf } from '../incident/analysers/registry.ts'
import { findSyncOfRollout } from '../incident/causality/sync-of-rollout.ts'
import type { Diagnosis } from '../incident/diagnose.ts'
import { isExternalDependency } from '../incident/findings/subject.ts'
import type { Cause, Verdict } from '../incident/verdict.ts'
import type { SnapshotView } from '../snapshot/index-snapshot.ts'
import { questionId } from '../snapshot/question-id.ts'
import { addCluster } from './add-cluster.ts'
import { type Choice, proposeNothing } from './choice.ts'
import { proposeRestart } from './propose-restart.ts'
import { proposeRestore } from './propose-restore.ts'
import { proposeRollback } from './rollback/propose-rollback.ts'

type Decided = {
  diagnosis: Diagnosis
  /** What people were shown; the diagnosis may rest on reads that were made since. */
  verdict: Verdict
}

/**
 * What to do about a verdict: one typed action with its undo and its recovery checks, or nothing, with the reason. Only a
 * verdict that names a cause leads to an action. Where `missing` is not empty, read those questions and call again.
 */
export function chooseProposal({ diagnosis, verdict }: Decided): Choice {
  return addCluster(chooseAction({ diagnosis, verdict }), diagnosis.view.scope)
}

function chooseAction({ diagnosis, verdict }: Decided): Choice {
  const [cause] = verdict.causes
  if (verdict.outcome !== 'cause' || cause === undefined) return proposeNothing(verdict.message)
  const doubt = cause.against.find(({ code }) => code === 'RECENT_CLIENT_RELEASE')
  if (doubt !== undefined)
    return proposeNothing(`Count the connections of each client first: ${doubt.message}.`)
  const [root] = cause.chain
  const advice = root === undefined ? undefined : cardOf(root.code).advice
  if (advice !== undefined) return proposeNothing(advice)
  return chooseRemedy(diagnosis, cause, verdict)
}

function chooseRemedy(diagnosis: Diagnosis, cause: Cause, verdict: Verdict): Choice {
  const { view } = diagnosis
  if (cause.code === 'SCALED_BELOW_GIT') return proposeRestore(diagnosis, cause)
  const unhealthy = findUnhealthyDependency(view, cause, verdict)
  if (unhealthy !== undefined)
    return proposeNothing(
      `No rollback is proposed while a dependency is unhealthy: ${unhealthy.message}. Fix the dependency first.`,
    )
  const common = cause.against.find(({ code }) => code === 'SAME_FAULT_ELSEWHERE')
  if (common !== undefined)
    return proposeNothing(
      `No rollback is proposed, because several services may share the cause: ${common.message}. Find what they share first.`,
    )
  if (isManualChange(view, cause)) return proposeRestore(diagnosis, cause)
  if (cause.change?.kind === 'rollout' || cause.change?.kind === 'sync')
    return proposeRollback(diagnosis, cause)
  if (cause.code === 'MEMORY_LEAK') return proposeRestart(diagnosis, cause)
  return proposeNothing(`No change that a rollback could undo was found: ${cause.message}.`)
}

/** A finding about an external dependency of the cause's service. */
function findUnhealthyDependency(view: SnapshotView, { service }: Cause, { findings }: Verdict) {
  return findings.find(
    ({ subject }) => isExternalDependency(subject) && view.callers(subject.name).includes(service ?? ''),
  )
}

/** Whether the change is a rollout that no sync deployed, of a workload that is deployed from Git: a manual change in the cluster. */
function isManualChange(view: SnapshotView, { change, subject }: Cause): boolean {
  const app = view.appOfWorkload(subject.name)
  if (change?.kind !== 'rollout' || app === undefined || !view.wasRead(questionId.deliveryHistory(app.name)))
    return false
  const rollout = view.snapshot.changes.find(
    ({ kind, subject, to }) => kind === 'rollout' && subject.name === change.subject.name && to === change.to,
  )
  return rollout !== undefined && findSyncOfRollout(view, rollout) === null
}
