import { describe, expect, it } from 'vitest'
import { defineAnalyser } from './define-analyser.ts'
import { collectCards } from './registry.ts'

const NOTHING = { kinds: [], signals: [], reads: [] }
const card = {
  title: 'A disk is full.',
  layer: 'infrastructure',
  kind: 'environment',
  basis: 'observation',
  effects: ['down'],
  cause: { plain: 'DISK_FULL' },
  mechanism: null,
} as const

describe('finding codes', () => {
  it('have one owner: two analysers that declare the same code fail at startup', () => {
    const disks = defineAnalyser({ needs: NOTHING, findings: { DISK_FULL: card }, run: () => [] })
    const volumes = defineAnalyser({ needs: NOTHING, findings: { DISK_FULL: card }, run: () => [] })
    expect(() => collectCards({ disks, volumes })).toThrow(
      'Finding code DISK_FULL is declared by the analysers disks and volumes',
    )
  })
})

// The compiler refuses a code that the analyser does not declare; if it did not, `tsc` would report the line below as unused.
const finding = { subject: { kind: 'Node', namespace: null, name: 'n' }, service: null, onset: null }
defineAnalyser({
  needs: NOTHING,
  findings: { DISK_FULL: card },
  // @ts-expect-error DISK_SLOW is not declared
  run: () => [{ ...finding, code: 'DISK_SLOW', message: 'm', evidence: ['E1'] }],
})
