import { Annotation } from '@langchain/langgraph'
import { z } from 'zod'
import {
  ActionState,
  EXECUTION_RESULTS,
  SUBMISSION_RESULTS,
  VERIFICATION_RESULTS,
} from '../devops/action-state.ts'
import { upgradeName } from '../legacy/upgrade-names.ts'
import { RENAMED_OUTCOMES, RENAMED_STATES } from '../legacy/version-0-1.ts'

/** The progress of an action, as far as the graph depends on it: `chosen` before it is in the ledger. */
export const ActionProgress = z.enum([
  'chosen',
  ...ActionState.options,
  ...SUBMISSION_RESULTS,
  ...EXECUTION_RESULTS,
  ...VERIFICATION_RESULTS,
])
export type ActionProgress = z.infer<typeof ActionProgress>

/** What a thread's checkpoints hold: references only. Evidence, verdict and action are rows in the database. */
export const InvestigationState = z.object({
  investigationId: z.uuid(),
  /** Rounds of questions asked so far. */
  round: z.number().int().min(0).default(0),
  /** Ids of the questions to read next. */
  pending: z.array(z.string()).default([]),
  /** How often a proposal asked for more reads. */
  preflights: z.number().int().min(0).default(0),
  /** Ids of the evidence read. */
  evidence: z.array(z.string()).default([]),
  // A checkpoint of version 0.1 holds the names of that version.
  outcome: z
    .preprocess(upgradeBy(RENAMED_OUTCOMES), z.enum(['cause', 'no-fault', 'inconclusive']).nullable())
    .default(null),
  actionId: z.string().nullable().default(null),
  actionState: z.preprocess(upgradeBy(RENAMED_STATES), ActionProgress.nullable()).default(null),
})
export type InvestigationState = z.infer<typeof InvestigationState>

/** The state as LangGraph channels. Parallel reads add to `evidence`; every other channel holds the last value written. */
export const InvestigationChannels = Annotation.Root({
  investigationId: Annotation<string>,
  round: Annotation<number>,
  pending: Annotation<string[]>,
  preflights: Annotation<number>,
  evidence: Annotation<string[]>({
    reducer: (left, right) => [...new Set([...left, ...right])],
    default: () => [],
  }),
  outcome: Annotation<InvestigationState['outcome']>,
  actionId: Annotation<string | null>,
  actionState: Annotation<ActionProgress | null>,
})

/** What a node may write. */
export type StateUpdate = Partial<InvestigationState>

function upgradeBy(renamed: Record<string, string>) {
  return (name: unknown) => (typeof name === 'string' ? upgradeName(renamed, name) : name)
}
