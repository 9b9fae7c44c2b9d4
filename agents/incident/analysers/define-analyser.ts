import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import type { Needs } from '../../snapshot/needs.ts'
import type { FindingCard } from '../findings/finding-card.ts'
import type { FindingOf } from '../findings/finding-shape.ts'

export type FindingCards = Readonly<Record<string, FindingCard>>

/** One fault family: what it looks at, which findings it can report with all that is true of each, and how it decides. */
export type Analyser<Cards extends FindingCards = FindingCards> = {
  /** What has to be read for it; the planner asks for the union. */
  needs: Needs
  findings: Cards
  /** What is true of a snapshot, each finding with the evidence that says so. Pure. */
  run: (view: SnapshotView) => FindingOf<keyof Cards & string>[]
}

/** Declares an analyser. `run` can return only the codes that `findings` declares. */
export function defineAnalyser<const Cards extends FindingCards>(analyser: Analyser<Cards>): Analyser<Cards> {
  return analyser
}
