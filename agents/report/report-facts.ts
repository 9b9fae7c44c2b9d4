import type { ActionState } from '../devops/action-state.ts'
import type { PredicateRole, Proposal } from '../devops/proposal.ts'
import type { Verdict } from '../incident/verdict.ts'
import type { TimelineKind } from './timeline-kinds.ts'

/** A recovery check with its latest result; null: it could not be read. */
export type Reading = { message: string; holds: boolean | null; role: PredicateRole }

/** The input of a report. As JSON this is the report for machines. Times are ISO 8601. */
export type ReportFacts = {
  incident: { id: string; title: string; severity: string; openedAt: string }
  investigation: { id: string; startedAt: string }
  verdict: Verdict
  action: {
    state: ActionState
    proposal: Proposal
    refusal: { message: string } | null
    outcome: { message: string } | null
    /** What was left in place on purpose, and whether it was restored. */
    pendingRevert?: { message: string } | null
    verification: { result: string | null; readings: Reading[] } | null
    decisions: { operator: string; decision: string; at: string }[]
  } | null
  evidence: {
    id: string
    tool: string
    why: string
    at: string
    outcome: 'read' | 'unread'
    reason: string | null
  }[]
  timeline?: { at: string; kind: TimelineKind; message: string }[]
}
