import { expect, it } from 'vitest'
import type { Needs } from '../../snapshot/needs.ts'
import { recordNeeds } from '../../testing/record-needs.ts'
import { SAMPLE_INVESTIGATIONS } from '../../testing/sample-investigations.ts'
import { findContributingChange } from '../causality/change-attribution.ts'
import { CHECKS } from '../confidence/registry.ts'
import { ANALYSERS } from './registry.ts'

function listOf({ kinds, signals, reads }: Needs): string[] {
  return [...new Set([...kinds, ...signals, ...reads])].toSorted()
}

it.each(Object.entries(ANALYSERS))(
  'the analyser %s needs exactly what it looks at',
  (_name, { needs, run }) => {
    const seen = SAMPLE_INVESTIGATIONS.flatMap(({ diagnosis }) => {
      const recorded = recordNeeds(diagnosis.view)
      run(recorded.view)
      return listOf(recorded.seen())
    })
    expect([...new Set(seen)].toSorted()).toEqual(listOf(needs))
  },
)

it.each(Object.entries(CHECKS))('the check %s needs exactly what it looks at', (_name, { needs, run }) => {
  const seen = SAMPLE_INVESTIGATIONS.flatMap(({ diagnosis: { view, findings, chains } }) => {
    const recorded = recordNeeds(view)
    for (const chain of chains)
      run({ view: recorded.view, chain, change: findContributingChange(view, chain), findings, chains })
    return listOf(recorded.seen())
  })
  expect([...new Set(seen)].toSorted()).toEqual(listOf(needs))
})
