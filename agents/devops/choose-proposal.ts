import type { Question } from '@goalixa/tools/evidence'
import { cardOf } from '../incident/analysers/registry.ts'
import { syncOfRollout } from '../incident/causality/change-attribution.ts'
import { isExternalDependency } from '../incident/findings/subject.ts'
import type { Cause, Verdict } from '../incident/verdict.ts'
import { indexSnapshot, type SnapshotView } from '../snapshot/index-snapshot.ts'
import { questionId } from '../snapshot/question-id.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import type { Proposal } from './proposal.ts'
import { proposeRestart } from './propose-restart.ts'
import { proposeRestore } from './propose-restore.ts'
import { proposeRollback } from './rollback/propose-rollback.ts'

export type Choice = { proposal: Proposal | null; message: string; missing: Question[] }

/**
 * What to do about a verdict: one typed action with its undo and its proof of recovery, or nothing and why. Never acts on
 * anything but a cause that is sure enough. `missing` are reads without which it can not be decided; ask them and call again.
 */
export function chooseProposal({ snapshot, verdict }: { snapshot: Snapshot; verdict: Verdict }): Choice {
  const [cause] = verdict.causes
  if (verdict.outcome !== 'cause' || cause === undefined) return nothing(verdict.message)
  const doubt = cause.against.find(one => one.code === 'RECENT_CLIENT_RELEASE')
  if (doubt !== undefined) return nothing(`Count the connections by who holds them first: ${doubt.message}.`)
  const [root] = cause.chain
  const advice = root === undefined ? undefined : cardOf(root.code).advice
  if (advice !== undefined) return nothing(advice)
  const view = indexSnapshot(snapshot)
  return proposalFor(view, cause, verdict)
}

function proposalFor(view: SnapshotView, cause: Cause, verdict: Verdict): Choice {
  if (cause.code === 'SCALED_BELOW_GIT') return proposeRestore(view, cause)
  const sick = verdict.findings.find(
    finding =>
      isExternalDependency(finding.subject) &&
      view.callers(finding.subject.name).includes(cause.service ?? ''),
  )
  if (sick !== undefined)
    return nothing(`No rollback while a dependency is sick as well: ${sick.message}. Look at that first.`)
  const twin = cause.against.find(one => one.code === 'SAME_FAULT_ELSEWHERE')
  if (twin !== undefined) return nothing(`No rollback: ${twin.message}. Look for what they share first.`)
  if (isByHand(view, cause)) return proposeRestore(view, cause)
  if (cause.change?.kind === 'rollout' || cause.change?.kind === 'sync') return proposeRollback(view, cause)
  if (cause.code === 'MEMORY_LEAK') return proposeRestart(view, cause)
  return nothing(`No change was found that could be taken back. ${cause.message}.`)
}

/** A rollout of a workload that Git delivers, and no sync brought it: somebody changed it in the cluster. */
function isByHand(view: SnapshotView, { change, subject }: Cause): boolean {
  const app = view.appOfWorkload(subject.name)
  if (change?.kind !== 'rollout' || app === undefined || !view.wasRead(questionId.deliveryHistory(app.name)))
    return false
  const rollout = view.snapshot.changes.find(
    one => one.kind === 'rollout' && one.subject.name === change.subject.name && one.to === change.to,
  )
  return rollout !== undefined && syncOfRollout(view, rollout) === null
}

function nothing(message: string): Choice {
  return { proposal: null, message, missing: [] }
}
