import type { Question } from '@goalixa/tools/evidence'
import type { Proposal } from './proposal.ts'

/** What to do about a verdict, with the reason. `missing`: the reads without which that cannot be decided. */
export type Choice = { proposal: Proposal | null; message: string; missing: Question[] }

/** The choice to propose nothing; no further read would change that. */
export function proposeNothing(message: string): Choice {
  return { proposal: null, message, missing: [] }
}

/** No choice yet: these questions have to be answered first. */
export function requestReads(message: string, missing: Question[]): Choice {
  return { proposal: null, message, missing }
}
