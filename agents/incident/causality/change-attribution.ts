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
import { connectionExhaustionSuspects } from './connection-exhaustion.ts'

type Change = Snapshot['changes'][number]

/**
 * The change that set a root off, or null. It must lie on the path, come before the onset, and touch what could bring
 * the root about; of several, the rollout of the workload itself comes first, and nearness in time only breaks ties.
 */
export function contributingChange(view: SnapshotView, { root }: Chain): Change | null {
  const fitting = recent(view)
    .filter(change => whyNot(view, root, change) === null)
    .toSorted((a, b) => rank(root, a) - rank(root, b) || (secondsOf(b.at) ?? 0) - (secondsOf(a.at) ?? 0))
  return fitting[0] ?? null
}

/** A change as a cause cites it; a rollout together with the sync that brought it. */
export function citedChange(view: SnapshotView, change: Change): NonNullable<Cause['change']> {
  const { kind, subject, at, from, to, summary, evidence } = change
  const sync = change.kind === 'rollout' ? syncOfRollout(view, change) : null
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

/** The sync of a workload's application that brought a rollout: the last one that began before it. */
export function syncOfRollout(view: SnapshotView, rollout: Change): Change | null {
  const app = view.appOfWorkload(rollout.subject.name)
  const at = secondsOf(rollout.at) ?? 0
  const before = view.snapshot.changes.filter(
    change =>
      change.kind === 'sync' &&
      change.subject.name === app?.name &&
      Math.abs((secondsOf(change.at) ?? 0) - at) <= 2 * view.toleranceSeconds,
  )
  return before.at(-1) ?? null
}

/** Recent changes that did not set anything off, each with the reason. */
export function ruledOutChanges(
  view: SnapshotView,
  causes: { chain: Chain; change: Change | null }[],
): Verdict['ruledOut'] {
  const guilty = causes.flatMap(({ change }) => {
    if (change === null) return []
    const sync = change.kind === 'rollout' ? syncOfRollout(view, change) : null
    return sync === null ? [change] : [change, sync]
  })
  const [first] = causes
  const root = first?.chain.root
  const users = first?.chain.explained.map(finding => finding.service) ?? []
  const open =
    root === undefined
      ? []
      : connectionExhaustionSuspects(view, root, users).map(suspect => suspect.workload.name)
  const isOpen = ({ kind, subject }: Change) =>
    kind === 'rollout'
      ? open.includes(subject.name)
      : open.some(name => view.appOfWorkload(name)?.name === subject.name)
  return recent(view)
    .filter(change => !guilty.includes(change) && !isPartOf(view, change, guilty) && !isOpen(change))
    .map(change => ({
      subject: change.subject,
      message: `${change.summary} is innocent: ${root === undefined ? 'nothing became worse after it' : (whyNot(view, root, change) ?? 'another change fits better')}`,
      evidence: change.evidence,
    }))
}

function recent(view: SnapshotView): Change[] {
  const from = view.since - lookBackSeconds(view.scope)
  return view.snapshot.changes.filter(change => (secondsOf(change.at) ?? 0) >= from)
}

/** Why a change can not be behind a root, or null if it can. */
function whyNot(view: SnapshotView, root: Finding, change: Change): string | null {
  const { mechanism, mechanismKind } = cardOf(root.code)
  if (mechanism === null) return 'what failed lies outside of what was changed'
  if (!isOnPath(view, root, change)) return 'it does not touch what failed'
  const [at, onset] = [secondsOf(change.at), secondsOf(root.onset)]
  if (at !== null && onset !== null && at > onset + view.toleranceSeconds)
    return 'it came after the trouble began'
  const touches = change.diff.some(
    part =>
      isAbout(view, root, part.path) &&
      (mechanism.test(part.path) || mechanism.test(`${part.before ?? ''}${part.after ?? ''}`)),
  )
  const rolledOut = change.kind === 'sync' ? rolloutsOf(view, change, root) : []
  if (
    root.container !== undefined &&
    rolledOut.length > 0 &&
    rolledOut.every(rollout => whyNot(view, root, rollout) !== null)
  )
    return 'what it rolled out can not bring this about'
  if (mechanismKind === 'scale' && change.kind === 'scale' && Number(change.to) > Number(change.from))
    return 'it gave more replicas, not fewer'
  // A sync whose commits were not read may have touched anything; then the place and the time must do.
  const isUnknown = change.kind === 'sync' && change.diff.length === 0 && !wasCompared(view, change)
  return touches || isUnknown ? null : 'what it changed can not bring this about'
}

/** A change of one container of a pod is none of another. */
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
      syncOfRollout(view, change) === sync,
  )
}

function wasCompared(view: SnapshotView, { from, to }: Change): boolean {
  return view.snapshot.reads.some(
    read => read.tool === 'forge_compare_commits' && read.args.base === from && read.args.head === to,
  )
}

/** A label may be shared by several workloads, so what was rolled out must be the very workload, or behind the very Service. */
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

function rank(root: Finding, change: Change): number {
  const { mechanismKind } = cardOf(root.code)
  if (mechanismKind !== undefined) return change.kind === mechanismKind ? 0 : 1
  if (root.subject.kind === 'Deployment') return change.kind === 'rollout' ? 0 : 1
  return change.kind === 'sync' ? 0 : 1
}

/** A rollout that a guilty sync brought, or a sync that brought a guilty rollout, is the same change seen elsewhere. */
function isPartOf(view: SnapshotView, change: Change, guilty: Change[]): boolean {
  return guilty.some(
    culprit =>
      culprit.kind === 'sync' && change.kind === 'rollout' && syncOfRollout(view, change) === culprit,
  )
}
