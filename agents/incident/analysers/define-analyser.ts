import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import type { Needs } from '../../snapshot/needs.ts'
import type { FindingCard } from '../findings/finding-card.ts'
import type { FindingOf } from '../findings/finding-shape.ts'

/** The cards of an analyser by finding code. */
export type FindingCards = Readonly<Record<string, FindingCard>>

/** One fault family: what it needs, which findings it can report with all that is true of each, and how it decides. */
export type Analyser<Cards extends FindingCards = FindingCards> = {
  /** What has to be read for it; the planner asks for the union of all analysers' needs. */
  needs: Needs
  findings: Cards
  /** The findings in a snapshot, each with the evidence that shows it. Pure. */
  run: (view: SnapshotView) => FindingOf<keyof Cards & string>[]
}

/** Declares an analyser. `run` can return only the codes that `findings` declares. */
export function defineAnalyser<const Cards extends FindingCards>(analyser: Analyser<Cards>): Analyser<Cards> {
  return analyser
}
