import { z } from 'zod'

type StateCard = {
  /** `open`: not started, `working`: executing, verifying or undoing, `final`: no transition follows. */
  phase: 'open' | 'working' | 'final'
  /** What the state means, for documentation and help. */
  title: string
}

/** Every state of an action in the ledger, in the order in which an action passes through them. */
export const ACTION_STATES = {
  proposed: { phase: 'open', title: 'submitted to the policy' },
  refused: { phase: 'final', title: 'forbidden by the policy' },
  'awaiting-approval': { phase: 'open', title: 'waits for the decision of a person' },
  rejected: { phase: 'final', title: 'rejected by a person' },
  expired: { phase: 'final', title: 'not approved, or not executed, in time' },
  approved: { phase: 'open', title: 'may be executed' },
  superseded: { phase: 'final', title: 'void, because the approved state had drifted' },
  executing: { phase: 'working', title: 'its steps are being executed' },
  verifying: { phase: 'working', title: 'executed; its recovery checks are running' },
  undoing: { phase: 'working', title: 'its steps are being undone' },
  succeeded: { phase: 'final', title: 'executed, and recovery is verified' },
  undone: { phase: 'final', title: 'did not help and was undone' },
  failed: { phase: 'final', title: 'could not be executed, verified or undone' },
  'handed-off': {
    phase: 'final',
    title: 'handed off to people, for example with a pull request that needs reviews',
  },
} as const satisfies Record<string, StateCard>

/** The schema of a state of an action. */
export const ActionState = z.enum(namesOf(ACTION_STATES))
export type ActionState = z.infer<typeof ActionState>

/** States without a following transition. */
export const FINAL_STATES = inPhase('final')
/** States in which an action changes or watches its target, so that no other action may start on it. */
export const WORKING_STATES = inPhase('working')

/** The states that submitting a proposal can lead to. `already-proposed`: the same change of the same state already awaits a decision. */
export const SUBMISSION_RESULTS = ['refused', 'awaiting-approval', 'approved', 'already-proposed'] as const
export type SubmissionResult = (typeof SUBMISSION_RESULTS)[number]

/** The results of an execution. `partially-executed`: a step failed after an earlier one had taken effect. */
export const EXECUTION_RESULTS = [
  'verifying',
  'partially-executed',
  'handed-off',
  'superseded',
  'refused',
  'failed',
] as const
export type ExecutionResult = (typeof EXECUTION_RESULTS)[number]

/** The results of the recovery checks. `unknown`: what they need could not be read. */
export const VERIFICATION_RESULTS = ['recovered', 'no-effect', 'worse', 'unknown'] as const
export type VerificationResult = (typeof VERIFICATION_RESULTS)[number]

/** The results of an undo. */
export type UndoResult = 'undone' | 'failed'

function namesOf<Name extends string>(cards: Record<Name, StateCard>): Name[] {
  return Object.keys(cards) as Name[]
}

function inPhase(phase: StateCard['phase']): ActionState[] {
  return namesOf(ACTION_STATES).filter(state => ACTION_STATES[state].phase === phase)
}
