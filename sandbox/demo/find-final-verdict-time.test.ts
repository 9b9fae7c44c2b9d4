import type { InvestigationView } from '@goalixa/syntra/investigations/investigations.schema'
import { expect, it } from 'vitest'
import { findFinalVerdictTime } from './find-final-verdict-time.ts'

const concluded = (verdictAt: string, code: string | null) =>
  ({
    verdictAt,
    verdict: {
      outcome: code === null ? 'unknown' : 'cause',
      causes:
        code === null ? [] : [{ code, subject: { kind: 'Deployment', namespace: 'shop', name: 'core' } }],
    },
  }) as unknown as Pick<InvestigationView, 'verdict' | 'verdictAt'>

it('is the time of the first of the final verdicts that agree', () => {
  const [first, again] = [concluded('1', 'A'), concluded('2', 'A')]
  expect(findFinalVerdictTime([first, again])).toBe('1')
  expect(findFinalVerdictTime([first, concluded('2', 'B'), concluded('3', 'B')])).toBe('2')
  expect(findFinalVerdictTime([first, concluded('2', null), concluded('3', 'A')])).toBe('3')
  expect(findFinalVerdictTime([concluded('1', null), concluded('2', null)])).toBe('1')
})

it('is null without a verdict', () => {
  expect(findFinalVerdictTime([])).toBeNull()
  expect(findFinalVerdictTime([{ verdict: null, verdictAt: null }])).toBeNull()
})
