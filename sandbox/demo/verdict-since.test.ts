import type { InvestigationView } from '@goalixa/syntra/investigations/investigations.schema'
import { expect, it } from 'vitest'
import { verdictSince } from './verdict-since.ts'

const judged = (verdictAt: string, code: string | null) =>
  ({
    verdictAt,
    verdict: {
      outcome: code === null ? 'unknown' : 'cause',
      causes:
        code === null ? [] : [{ code, subject: { kind: 'Deployment', namespace: 'shop', name: 'core' } }],
    },
  }) as unknown as Pick<InvestigationView, 'verdict' | 'verdictAt'>

it('counts from the first of the last verdicts that agree', () => {
  const [first, again] = [judged('1', 'A'), judged('2', 'A')]
  expect(verdictSince([first, again])).toBe('1')
  expect(verdictSince([first, judged('2', 'B'), judged('3', 'B')])).toBe('2')
  expect(verdictSince([first, judged('2', null), judged('3', 'A')])).toBe('3')
  expect(verdictSince([judged('1', null), judged('2', null)])).toBe('1')
})

it('knows none without a verdict', () => {
  expect(verdictSince([])).toBeNull()
  expect(verdictSince([{ verdict: null, verdictAt: null }])).toBeNull()
})
