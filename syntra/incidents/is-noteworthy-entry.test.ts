import { expect, it } from 'vitest'
import { isNoteworthyEntry } from './is-noteworthy-entry.ts'

const line = (kind: string, message = kind) => ({ kind, message })
const story = [
  line('investigation-queued'),
  line('investigation-started'),
  line('evidence-read'),
  line('evidence-unread'),
  line('verdict', 'core crashes'),
  line('evidence-read'),
  line('verdict', 'core crashes'),
  line('verdict', 'core crashes: no module'),
  line('investigation-started'),
  line('verdict', 'core crashes: no module'),
]

it('leaves out reads, and a verdict that another round did not change', () => {
  expect(story.filter(isNoteworthyEntry(false)).map(({ message }) => message)).toEqual([
    'investigation-started',
    'evidence-unread',
    'core crashes',
    'core crashes: no module',
    'investigation-started',
    'core crashes: no module',
  ])
})

it('tells all when asked to', () => {
  expect(story.filter(isNoteworthyEntry(true))).toEqual(story)
})
