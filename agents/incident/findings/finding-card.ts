import type { SignalName } from '../../signals/signals.ts'
import type { Layer } from './layers.ts'

/**
 * The effect of a finding on its dependents. `timeouts`: errors, but only where callers time out. `start`: pods cannot become
 * ready, which has an effect only where ready pods are missing.
 */
export type Effect = 'slow' | 'errors' | 'timeouts' | 'down' | 'start'

/** The kind of a finding, as far as it decides what the finding can cause. */
export type FindingKind =
  /** Outside the deployed workloads: a dependency, a node, a registry. */
  | 'environment'
  /** How many requests come in. */
  | 'load'
  /** How requests and manifests reach a process; it never makes the process itself fail. */
  | 'wiring'
  /** Whether a container starts, runs and is ready. */
  | 'process'
  /** How a running service answers. */
  | 'behaviour'
  /** Always an effect, never a root cause. */
  | 'symptom'

/** The basis of a finding, which decides which arguments count against it. */
export type Basis =
  /** Fields, status or events of an object show it. */
  | 'observation'
  /** A measurement shows it without comparison. */
  | 'measurement'
  /** It follows from a comparison over time or with others, so each missing read weakens it. */
  | 'comparison'
  /** Latency or errors that the calls of a service do not explain: as `comparison`, and only as good as the calls are measured. */
  | 'self-share'

/** Everything that is true of a finding code, in one place. */
export type FindingCard<CauseCode extends string = string> = {
  /** A sentence that is true of every finding with this code. */
  title: string
  layer: Layer
  kind: FindingKind
  basis: Basis
  effects: readonly Effect[]
  /** The code of the cause where this is the root: `release` if a release brought it. Null: never a root. */
  cause: { plain: CauseCode; release?: CauseCode } | null
  /** Matches the fields whose change can cause it; null: no change of a workload can. */
  mechanism: RegExp | null
  /** The only kind of change that can cause it, where there is only one. */
  mechanismKind?: 'scale'
  /** The effects of which an explanation must have at least one; without this, any finding below it explains it. */
  explainedBy?: readonly Effect[]
  /** Whether a callee of its service can cause it. */
  canComeFromCallee?: boolean
  /** Whether the node of its pods can cause it, although it is of the kind `process`. */
  canComeFromNode?: boolean
  /** Whether it can persist for months unnoticed. It then explains a fault only if it is recent. */
  isStanding?: boolean
  /** For a standing finding: it also holds for healthy services, so without a known onset it explains nothing. */
  needsOnset?: boolean
  /** Whether the analyser can run again on the objects as they were: always, or only while pods of an old revision remain. */
  replay?: 'always' | 'beside-old-pods'
  /** The fault that two codes share, one with a release as its cause and one without. */
  fault?: 'slowness' | 'errors'
  /** For the fault of one revision: the signal that compares revisions. */
  revisionSignal?: Extract<SignalName, `${string}-by-revision`>
  /** Whether users of the finding's service notice it, so that recovery is measured there. */
  isUserVisible?: boolean
  /** What a person can do, where a rollback would not help or would make it worse. */
  advice?: string
}
