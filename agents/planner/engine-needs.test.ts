import { describe, expect, it } from 'vitest'
import { chooseProposal } from '../devops/choose-proposal.ts'
import { PROPOSAL_NEEDS } from '../devops/proposal-needs.ts'
import { diagnoseView } from '../incident/diagnose.ts'
import { buildCallGraph } from '../snapshot/call-graph.ts'
import { collectChanges } from '../snapshot/changes/collect-changes.ts'
import type { SnapshotView } from '../snapshot/index-snapshot.ts'
import { mergeNeeds, type Needs, SNAPSHOT_NEEDS } from '../snapshot/needs.ts'
import { parseQuestionId } from '../snapshot/question-id.ts'
import type { Investigated } from '../testing/investigate.ts'
import { recordNeeds } from '../testing/record-needs.ts'
import { SAMPLE_INVESTIGATIONS } from '../testing/sample-investigations.ts'
import { ENGINE_NEEDS } from './engine-needs.ts'

type Part = (view: SnapshotView, investigated: Investigated) => unknown

const deriveRelations: Part = view => [collectChanges(view), buildCallGraph(view)]
const diagnose: Part = view => diagnoseView(view)
const propose: Part = (view, { diagnosis, verdict }) =>
  chooseProposal({ diagnosis: { ...diagnosis, view }, verdict })

/** What parts of the engine look at in all sample investigations. */
function seenBy(...parts: Part[]): Needs {
  return mergeNeeds(
    ...SAMPLE_INVESTIGATIONS.flatMap(investigated =>
      parts.map(part => {
        const recorded = recordNeeds(investigated.diagnosis.view)
        part(recorded.view, investigated)
        return recorded.seen()
      }),
    ),
  )
}

/** What the planner and the preflights asked for. */
function askedFor(): Needs {
  const questions = SAMPLE_INVESTIGATIONS.flatMap(({ evidence }) => evidence.map(({ question }) => question))
  return mergeNeeds(
    ...questions.map(({ id, args }): Partial<Needs> => {
      const parsed = parseQuestionId(id)
      if (parsed === null || parsed.kind === 'model') throw new Error(`Nothing makes the question id ${id}.`)
      if (parsed.kind === 'objects') return { kinds: args.kinds as Needs['kinds'] }
      if (parsed.kind === 'detail') return { kinds: [args.kind] as Needs['kinds'] }
      return parsed.kind === 'series' ? { signals: [parsed.signal] } : { reads: [parsed.kind] }
    }),
  )
}

function sorted({ kinds, signals, reads }: Needs): Needs {
  return { kinds: kinds.toSorted(), signals: signals.toSorted(), reads: reads.toSorted() }
}

describe('what the engine needs', () => {
  it('is all that any part of it looks at, and nothing that none looks at', () => {
    expect(sorted(seenBy(deriveRelations, diagnose, propose))).toEqual(sorted(ENGINE_NEEDS))
  })

  it('is asked for by the planner and the preflights, and nothing else is', () => {
    expect(sorted(askedFor())).toEqual(sorted(ENGINE_NEEDS))
  })

  it('is declared by proposals as exactly what they look at', () => {
    expect(sorted(seenBy(propose))).toEqual(sorted(PROPOSAL_NEEDS))
  })

  it('is declared by the snapshot as far as it looks at it', () => {
    expect(mergeNeeds(SNAPSHOT_NEEDS, seenBy(deriveRelations))).toEqual(SNAPSHOT_NEEDS)
  })
})
