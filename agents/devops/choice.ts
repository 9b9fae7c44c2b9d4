import type { Question } from '@goalixa/tools/evidence'
import type { Proposal } from './proposal.ts'

/** What to do about a verdict, with the reason; `missing` has to be read before it can be decided. */
export type Choice = { proposal: Proposal | null; message: string; missing: Question[] }

/** Nothing is proposed, and nothing more has to be read to know that. */
export function noProposal(message: string): Choice {
  return { proposal: null, message, missing: [] }
}

/** Nothing can be decided before these questions are answered. */
export function needsReads(message: string, missing: Question[]): Choice {
  return { proposal: null, message, missing }
}
