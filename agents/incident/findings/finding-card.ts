import type { SignalName } from '../../signals/signals.ts'
import type { Layer } from './layers.ts'

/**
 * What a finding does to those who depend on it. `timeouts`: errors, but only where callers give up waiting. `start`: pods
 * cannot become ready, which does harm only where pods are missing.
 */
export type Effect = 'slow' | 'errors' | 'timeouts' | 'down' | 'start'

/** What sort of thing a finding is, as far as that decides what it can bring about. */
export type FindingKind =
  /** Outside of what is deployed: a dependency, a node, a registry. */
  | 'environment'
  /** How many requests come in. */
  | 'load'
  /** How requests and manifests reach a process; it never makes the process itself fail. */
  | 'wiring'
  /** Whether a container starts, runs and is ready. */
  | 'process'
  /** How a running service answers. */
  | 'behaviour'
  /** Only ever an effect. */
  | 'symptom'

/** How a finding is known, which decides what can be held against it. */
export type Basis =
  /** An object's own fields, status or events say so. */
  | 'observation'
  /** A measurement says so by itself. */
  | 'measurement'
  /** It follows from a comparison with before or with others, so it is worth less where nobody could look. */
  | 'comparison'
  /** What is left of a service's latency or errors without those of its calls: as `comparison`, and only as good as the calls are measured. */
  | 'self-share'

/** Everything that is true of a finding code, in one place. */
export type FindingCard<CauseCode extends string = string> = {
  /** One sentence that is true of every finding with this code. */
  title: string
  layer: Layer
  kind: FindingKind
  basis: Basis
  effects: readonly Effect[]
  /** The code of the cause where this is the root: `release` if a release brought it. Null: never a root. */
  cause: { plain: CauseCode; release?: CauseCode } | null
  /** Matches the fields whose change can bring it about; null: no change of ours can. */
  mechanism: RegExp | null
  /** The kind of change that brings it about, where it can only be one. */
  mechanismKind?: 'scale'
  /** The effects of which an explanation must have at least one; without this, any finding below it explains it. */
  explainedBy?: readonly Effect[]
  /** Whether it can be brought about by what its service calls. */
  canComeFromCallee?: boolean
  /** Whether a cluster can live with it for months. It then explains something only if it is recent. */
  isStanding?: boolean
  /** Of a standing one: it is true of healthy services too, so without a known onset it explains nothing. */
  needsOnset?: boolean
  /** Whether the analyser can be run again on the objects as they were: always, or only while pods of an old revision are left to look at. */
  replay?: 'always' | 'beside-old-pods'
  /** The same trouble under two codes, with a release behind it and without. */
  fault?: 'slowness' | 'errors'
  /** It is the fault of one revision, and this signal compares revisions. */
  revisionSignal?: Extract<SignalName, `${string}-by-revision`>
  /** Whether users of the finding's service notice it, so that recovery is measured there. */
  isFeltByUsers?: boolean
  /** What a person can do where a rollback would change nothing or make it worse. */
  advice?: string
}
