import { PROPOSAL_NEEDS } from '../devops/proposal-needs.ts'
import { ANALYSER_NEEDS } from '../incident/analysers/registry.ts'
import { CHECK_NEEDS } from '../incident/confidence/registry.ts'
import { OUTCOME_NEEDS } from '../incident/outcome.ts'
import { mergeNeeds, SNAPSHOT_NEEDS } from '../snapshot/needs.ts'

/** What any part of the engine looks at. The planner and the preflights ask for all of it and for nothing else. */
export const ENGINE_NEEDS = mergeNeeds(
  SNAPSHOT_NEEDS,
  ANALYSER_NEEDS,
  CHECK_NEEDS,
  OUTCOME_NEEDS,
  PROPOSAL_NEEDS,
)
