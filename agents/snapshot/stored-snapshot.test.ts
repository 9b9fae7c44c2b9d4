import { describe, expect, it } from 'vitest'
import { indexSnapshot } from './index-snapshot.ts'
import type { Snapshot } from './snapshot.ts'
import { StoredSnapshot } from './stored-snapshot.ts'

const AT = '2026-01-01T00:00:00Z'
const read = (evidence: string, question: string, args: Record<string, unknown> = {}) => ({
  evidence,
  question,
  tool: 'kubernetes_list_objects',
  args,
  result: null,
})
const series = (name: string) => ({ evidence: 'E2', name, labels: { service: 'core' }, points: [[1, 2]] })
const OLD = {
  scope: { since: AT },
  at: AT,
  objects: [],
  events: [],
  logs: [],
  series: [series('cpu'), series('request-rate')],
  changes: [],
  edges: [],
  unread: [
    {
      evidence: 'E1',
      question: 'objects/workloads/Pod',
      tool: 'kubernetes_list_objects',
      reason: 'forbidden',
    },
    { evidence: 'E3', question: 'events', tool: 'kubernetes_list_events', reason: 'forbidden' },
  ],
  reads: [read('E1', 'objects/workloads', { kinds: ['Pod', 'Deployment'] })],
}

describe('a stored snapshot of an earlier version', () => {
  const snapshot: Snapshot = StoredSnapshot.parse(OLD)

  it('keeps a series that is no longer read, under a name that no analyser uses', () => {
    expect(snapshot.series.map(series => series.name)).toEqual(['other', 'request-rate'])
    expect(indexSnapshot(snapshot).series('request-rate')).toHaveLength(1)
  })

  it('shows which kinds of one list were read and which were not', () => {
    expect(snapshot.unread).toMatchObject([
      { question: 'objects/workloads', part: 'Pod' },
      { question: 'events' },
    ])
    const view = indexSnapshot(snapshot)
    expect([view.knowsAll('Pod'), view.knowsAll('Deployment')]).toEqual([false, true])
  })

  it.each([null, 7, [], { series: 5, unread: [null], reads: [7] }, { series: [null] }])(
    'that is no snapshot is rejected: %j',
    value => {
      expect(StoredSnapshot.safeParse(value).success).toBe(false)
    },
  )
})
