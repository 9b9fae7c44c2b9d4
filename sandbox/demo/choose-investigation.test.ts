import { expect, test } from 'vitest'
import { chooseInvestigation } from './choose-investigation.ts'

const at = (minute: number) => new Date(Date.UTC(2026, 10, 29, 10, minute)).toISOString()

test('an investigation that waits for a decision counts more than a later one that has ended, and then the one that ended last', () => {
  const first = { id: 'first', state: 'waiting', finishedAt: null }
  const second = { id: 'second', state: 'done', finishedAt: at(5) }
  expect(chooseInvestigation([first, second])?.id).toBe('first')
  expect(chooseInvestigation([{ ...first, state: 'done', finishedAt: at(9) }, second])?.id).toBe('first')
  expect(chooseInvestigation([first, { ...second, state: 'running', finishedAt: null }])?.id).toBe('second')
  expect(chooseInvestigation([])).toBeUndefined()
})
