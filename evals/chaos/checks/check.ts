import type { Journal } from '../load/journal.ts'
import type { EffectCount, Service } from '../remedies/remedy.ts'
import type { System } from '../system/start-system.ts'

/** A service with its action, as the ledger has it, and its effects, as its targets show them. */
export type Case = {
  service: Service
  action: ActionRow
  steps: StepRow[]
  transitions: TransitionRow[]
  decisions: DecisionRow[]
  effects: EffectCount[]
  isReversible: boolean
  /** How many people have to approve it, by the settings of the run. */
  approversNeeded: number
  /** What identifies it in requests to the forge, whose path names only the repository that all services share. */
  forgeKeys: string[]
}
export type ApprovedStep = {
  tool: string
  args: Record<string, unknown>
  from?: Record<string, unknown>
  undoes?: number
  unless?: number
}
export type ActionRow = {
  id: string
  incidentId: string
  state: string
  target: string
  approvalsNeeded: number
  verification: { result?: string } | null
  outcome: { message: string } | null
  proposal: {
    steps: ApprovedStep[]
    undo: { steps?: ApprovedStep[] }
    pendingRevert?: { step: ApprovedStep }
  }
}
export type StepRow = {
  actionId: string
  phase: 'do' | 'undo' | 'later'
  number: number
  tool: string
  args: Record<string, unknown>
  state: string
  attempts: number
  startedAt: Date
  finishedAt: Date | null
}
export type TransitionRow = { actionId: string; from: string | null; to: string; by: string; at: Date }
export type DecisionRow = { actionId: string; operator: string; decision: string; stateDigest: string }

/** What the checks look at, read once the system is idle. */
export type Facts = {
  system: System
  services: readonly Service[]
  journal: Journal
  cases: Case[]
  /** Effects on services for which there is no action. */
  withoutAction: { service: Service; effects: EffectCount[] }[]
  /** Actions on anything other than a service of the run. */
  strayActions: ActionRow[]
}

/** Something that must not have happened. */
export type Violation = {
  /** The id of the alert, investigation, action or process. */
  id: string
  message: string
  /** Where to look: a table, a log, a path of a target. */
  lookAt: string
}

/** `checked`: how many things it could judge. A check that judged nothing proves nothing. */
export type CheckResult = { checked: number; violations: Violation[] }

/** A promise that is checked at the end of a run, from the database and the targets. */
export type Check = {
  name: string
  /** What must hold, as a sentence. */
  promise: string
  run(facts: Facts): Promise<CheckResult>
}
