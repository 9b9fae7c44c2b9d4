import type { Evidence } from '@goalixa/tools/evidence'
import { describe, expect, it } from 'vitest'
import { checkCitations } from './check-citations.ts'

const evidence = (id: string, outcome: Evidence['outcome'] = 'read'): Evidence => ({
  id,
  question: { id, tool: 't', args: {}, why: '' },
  at: '2026-01-01T00:00:00Z',
  tookMs: 1,
  outcome,
  result: null,
  digest: '',
  cut: [],
  reason: null,
})
const read = [evidence('E1'), evidence('E2'), evidence('E3', 'unread')]
const snapshot = { edges: [{ evidence: 'E2', from: 'front', to: 'orders', via: 'metrics' }] }

describe('claims', () => {
  it.each([
    ['it cites no evidence', []],
    ['E9 does not exist', ['E1', 'E9']],
    ['E3 could not be read', ['E3']],
  ])('are dropped because %s', (because, cited) => {
    const claim = { says: 'orders is slow', evidence: cited }
    expect(checkCitations([claim], read, snapshot)).toEqual({ kept: [], dropped: [{ claim, because }] })
  })

  it('are dropped where no cited read shows the call they tell of', () => {
    const hops = [{ from: 'front', to: 'orders' }]
    const known = { says: 'front waits for orders', evidence: ['E1', 'E2'], hops }
    const uncited = { says: 'front waits for orders', evidence: ['E1'], hops }
    const { kept, dropped } = checkCitations([known, uncited], read, snapshot)
    expect(kept).toEqual([known])
    expect(dropped[0]?.because).toContain('front calls orders')
  })
})
