import type { Proposal } from '@goalixa/agents/devops/proposal'
import type { Cause } from '@goalixa/agents/incident/verdict'
import type { Snapshot } from '@goalixa/agents/snapshot/snapshot'
import type { WriteToolName } from '@goalixa/tools/catalog'
import type { Question } from '@goalixa/tools/evidence'
import type { Targets } from '../system/start-targets.ts'

/** A service of the run. Its name says which remedy it needs, whether that helps, and its number: `scale-heals-007`. */
export type Service = {
  name: string
  remedy: string
  outcome: Outcome
  /** What the remedy has prepared, for its own counting. */
  prepared: Record<string, string | number>
}
export const OUTCOMES = ['heals', 'stubborn'] as const
export type Outcome = (typeof OUTCOMES)[number]

/** Effects that are counted in a target, and the ledger's steps that may have had them, once each. */
export type EffectCount = {
  what: string
  count: number
  steps: { phase: 'do' | 'undo' | 'later'; tool: WriteToolName }[]
}

/** The part of a proposal that a remedy decides. */
export type Change = Pick<Proposal, 'message' | 'preconditions' | 'steps' | 'undo' | 'pendingRevert'> & {
  shape: Pick<Proposal, 'kind' | 'method'>
  app: string | null
}

/** A way to heal a service: how it is prepared in the targets, proposed by the engine, and counted in the targets. */
export type Remedy = {
  name: string
  risk: Proposal['risk']
  /** Whether Syntra has to undo it where it did not help. */
  isReversible: boolean
  /** Creates the service in the targets, in the state in which its alert fires. */
  prepare(targets: Targets, service: string): Promise<Record<string, string | number>>
  /** What the engine reads before it proposes anything. */
  questions(service: string): Question[]
  /** The change for what was read; undefined where something could not be read. */
  propose(service: string, snapshot: Snapshot, cause: Cause): Change | undefined
  /** What the targets show at the end. */
  count(targets: Targets, service: Service): Promise<EffectCount[]>
}

/** The name of a service, which is also that of its namespace, workload and application. */
export function serviceName(remedy: string, outcome: Outcome, number: number): string {
  return `${remedy}-${outcome}-${String(number).padStart(3, '0')}`
}
