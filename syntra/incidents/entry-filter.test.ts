import type { TimelineKind } from '@goalixa/agents/report/timeline-kinds'
import { expect, it } from 'vitest'
import { createEntryFilter } from './entry-filter.ts'

const entry = (kind: TimelineKind, message: string = kind) => ({ kind, message })
const timeline = [
  entry('investigation-queued'),
  entry('investigation-started'),
  entry('questions-planned'),
  entry('evidence-read'),
  entry('evidence-unread'),
  entry('verdict', 'core crashes'),
  entry('evidence-read'),
  entry('verdict', 'core crashes'),
  entry('verdict', 'core crashes: no module'),
  entry('investigation-started'),
  entry('verdict', 'core crashes: no module'),
]
const shown = (view: 'all' | 'short' | 'report') =>
  timeline.filter(createEntryFilter(view)).map(({ message }) => message)

it('drops details and a verdict that another round did not change', () => {
  expect(shown('short')).toEqual([
    'investigation-started',
    'questions-planned',
    'evidence-unread',
    'core crashes',
    'core crashes: no module',
    'investigation-started',
    'core crashes: no module',
  ])
})

it('also drops what other sections of the report contain', () => {
  expect(shown('report')).toEqual([
    'investigation-started',
    'core crashes',
    'core crashes: no module',
    'investigation-started',
    'core crashes: no module',
  ])
})

it('keeps every entry on demand', () => {
  expect(timeline.filter(createEntryFilter('all'))).toEqual(timeline)
})
