import { lookBackSeconds } from '../../snapshot/changes/look-back.ts'
import { secondsOf } from '../../snapshot/clock.ts'
import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import { containerSpec } from '../../snapshot/objects/container-spec.ts'
import { stringMapAt } from '../../snapshot/objects/json-path.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { cardOf } from '../analysers/registry.ts'
import type { Finding } from '../finding.ts'
import type { Cause, Verdict } from '../verdict.ts'
import type { Chain } from './causal-chain.ts'
import { findConnectionExhaustionSuspects } from './connection-exhaustion-suspects.ts'
import { findSyncOfRollout } from './sync-of-rollout.ts'

type Change = Snapshot['changes'][number]

/**
 * The contributing change of a root, or null. It must change the failing object, precede the onset, and touch what can cause
 * the root. Of several, the rollout of the workload itself comes first; closeness in time only breaks ties.
 */
export function findContributingChange(view: SnapshotView, { root }: Chain): Change | null {
  const candidates = recentChanges(view)
    .filter(change => reasonRuledOut(view, root, change) === null)
    .toSorted(
      (a, b) => rankChange(root, a) - rankChange(root, b) || (secondsOf(b.at) ?? 0) - (secondsOf(a.at) ?? 0),
    )
  return candidates[0] ?? null
}

/** A change as a cause cites it: a rollout together with the sync that deployed it. */
export function citeChange(view: SnapshotView, change: Change): NonNullable<Cause['change']> {
  const { kind, subject, at, from, to, summary, evidence } = change
  const sync = change.kind === 'rollout' ? findSyncOfRollout(view, change) : null
  return {
    kind,
    subject,
    at,
    from,
    to,
    summary: sync === null ? summary : `${summary}. ${sync.summary}`,
    evidence: [...new Set([...evidence, ...(sync?.evidence ?? [])])] as [string, ...string[]],
  }
}

/** Recent changes that did not contribute to any cause, each with the reason. */
export function listRuledOutChanges(
  view: SnapshotView,
  causes: { chain: Chain; change: Change | null }[],
): Verdict['ruledOut'] {
  const contributing = causes.flatMap(({ change }) => {
    if (change === null) return []
    const sync = change.kind === 'rollout' ? findSyncOfRollout(view, change) : null
    return sync === null ? [change] : [change, sync]
  })
  const [first] = causes
  const root = first?.chain.root
  const users = first?.chain.explained.map(finding => finding.service) ?? []
  const suspects =
    root === undefined
      ? []
      : findConnectionExhaustionSuspects(view, root, users).map(suspect => suspect.workload.name)
  const isSuspect = ({ kind, subject }: Change) =>
    kind === 'rollout'
      ? suspects.includes(subject.name)
      : suspects.some(name => view.appOfWorkload(name)?.name === subject.name)
  const reasonFor = (change: Change) =>
    root === undefined
      ? 'nothing degraded after the change'
      : (reasonRuledOut(view, root, change) ?? 'another change fits the fault better')
  return recentChanges(view)
    .filter(
      change => !contributing.includes(change) && !isPartOf(view, change, contributing) && !isSuspect(change),
    )
    .map(change => ({
      subject: change.subject,
      message: `${change.summary}: ruled out, as ${reasonFor(change)}`,
      evidence: change.evidence,
    }))
}

function recentChanges(view: SnapshotView): Change[] {
  const from = view.since - lookBackSeconds(view.scope)
  return view.snapshot.changes.filter(change => (secondsOf(change.at) ?? 0) >= from)
}

/** Why a change cannot have contributed to a root, as a clause; null if it can have. */
function reasonRuledOut(view: SnapshotView, root: Finding, change: Change): string | null {
  const { mechanism, mechanismKind } = cardOf(root.code)
  if (mechanism === null) return 'the fault lies outside the changed objects'
  if (!isOnPath(view, root, change)) return 'the change does not touch the failing object'
  const [at, onset] = [secondsOf(change.at), secondsOf(root.onset)]
  if (at !== null && onset !== null && at > onset + view.toleranceSeconds)
    return 'the change came after the onset of the fault'
  const touches = change.diff.some(
    part => isAbout(view, root, part.path) && touchesMechanism(root, mechanism, change, part),
  )
  const rolledOut = change.kind === 'sync' ? rolloutsOf(view, change, root) : []
  if (
    root.container !== undefined &&
    rolledOut.length > 0 &&
    rolledOut.every(rollout => reasonRuledOut(view, root, rollout) !== null)
  )
    return 'none of its rollouts can cause the fault'
  if (mechanismKind === 'scale' && change.kind === 'scale' && Number(change.to) > Number(change.from))
    return 'the change added replicas'
  // A sync whose commits were not read may have touched anything: then the object and the time have to suffice.
  const isUnknown = change.kind === 'sync' && change.diff.length === 0 && !wasCompared(view, change)
  return touches || isUnknown ? null : 'the changed fields cannot cause the fault'
}

/** Whether what a change touches can cause a fault: fields of a template by their path without names, files in Git by their lines too. */
function touchesMechanism(
  { detail }: Finding,
  mechanism: RegExp,
  { kind }: Change,
  { path, before, after }: Change['diff'][number],
): boolean {
  // A new image may demand a variable that the one before did without.
  const patterns = detail?.kind === 'variable-demanded' ? [mechanism, /image/i] : [mechanism]
  const texts =
    kind === 'rollout' ? [path.replaceAll(/\[[^\]]*\]/g, '')] : [path, `${before ?? ''}${after ?? ''}`]
  return patterns.some(pattern => texts.some(text => pattern.test(text)))
}

/** A change of one container does not affect another container of the pod. */
function isAbout(view: SnapshotView, { container, subject }: Finding, path: string): boolean {
  const [, changed] = path.match(/^spec\.(?:initC|c)ontainers\.\[([^\]]*)\]/) ?? []
  if (container === undefined || changed === undefined || changed === container) return true
  return containerSpec(view.workloadNamed(subject.name)?.template, container) === undefined
}

function rolloutsOf(view: SnapshotView, sync: Change, root: Finding): Change[] {
  return view.snapshot.changes.filter(
    change =>
      change.kind === 'rollout' &&
      change.subject.name === root.subject.name &&
      findSyncOfRollout(view, change) === sync,
  )
}

function wasCompared(view: SnapshotView, { from, to }: Change): boolean {
  return view.snapshot.reads.some(
    read => read.tool === 'forge_compare_commits' && read.args.base === from && read.args.head === to,
  )
}

/** Labels may be shared by several workloads, so a rollout must be of the failing workload itself, or of one behind the failing Service. */
function isOnPath(view: SnapshotView, root: Finding, change: Change): boolean {
  const { subject } = change
  if (subject.kind !== 'Application') {
    if (root.subject.kind === 'Service') return isBehind(view, root.subject.name, subject.name)
    return subject.name === root.subject.name && subject.kind === root.subject.kind
  }
  const app = view.apps.find(app => app.name === subject.name)
  const own = view.appOfObject(root.subject.kind, root.subject.name) ?? view.appOfWorkload(root.subject.name)
  return app !== undefined && app.name === own?.name
}

function isBehind(view: SnapshotView, service: string, workload: string): boolean {
  const selector = Object.entries(stringMapAt(view.objectNamed('Service', service)?.object, 'spec.selector'))
  const labels = stringMapAt(view.workloadNamed(workload)?.template, 'metadata.labels')
  return selector.length > 0 && selector.every(([key, value]) => labels[key] === value)
}

function rankChange(root: Finding, change: Change): number {
  const { mechanismKind } = cardOf(root.code)
  if (mechanismKind !== undefined) return change.kind === mechanismKind ? 0 : 1
  if (root.subject.kind === 'Deployment') return change.kind === 'rollout' ? 0 : 1
  return change.kind === 'sync' ? 0 : 1
}

/** A rollout that a contributing sync deployed is the same change, seen in the cluster. */
function isPartOf(view: SnapshotView, change: Change, contributing: Change[]): boolean {
  return contributing.some(
    other => other.kind === 'sync' && change.kind === 'rollout' && findSyncOfRollout(view, change) === other,
  )
}
