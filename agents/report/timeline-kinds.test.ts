import { expect, it } from 'vitest'
import { parseTimelineKind, type TimelineEntry } from './timeline-kinds.ts'

it('reads a kind that only a newer version knows as a note', () => {
  expect(parseTimelineKind('verdict')).toBe('verdict')
  expect(parseTimelineKind('thought')).toBe('note')
  expect(parseTimelineKind('constructor')).toBe('note')
})

it('is a type error to write an entry of an unknown kind, or without the data of its kind', () => {
  // @ts-expect-error no such kind
  const unknown: TimelineEntry = { key: 'k', kind: 'no-such-kind', message: 'm' }
  // @ts-expect-error the data is missing
  const incomplete: TimelineEntry = { key: 'k', kind: 'alerts-truncated', message: 'm' }
  const complete: TimelineEntry = { key: 'k', kind: 'alerts-truncated', message: 'm', data: { truncated: 3 } }
  expect([unknown, incomplete, complete]).toHaveLength(3)
})
