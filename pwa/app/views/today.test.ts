import { expect, test } from 'vitest'
import type { SignedInApp } from '../create-app.ts'
import type { Records, Task } from '../data/records.ts'
import { todayView } from './today.ts'

const NOW = Date.parse('2026-03-02T10:00:00Z')

test('the zone of the device, which is slow to find, is read as often for 5,000 completed tasks as for none', () => {
  todayView(appWith([]))
  const none = countFormatters(() => todayView(appWith([])))
  const completed = Array.from({ length: 5_000 }, (_, index) => completedTask(index))
  expect(countFormatters(() => todayView(appWith(completed)))).toBe(none)
  expect(none).toBeLessThanOrEqual(3)
})

function completedTask(index: number): Task {
  const completedAt = new Date(NOW - (index + 1) * 86_400_000).toISOString()
  return { id: `task ${index}`, name: 'Done', note: '', projectId: null, isDone: true, completedAt }
}

const OPEN = { id: 'open', name: 'Open', note: '', projectId: null, isDone: false, completedAt: null }

// What the page reads of the app.
function appWith(completed: Task[]): SignedInApp {
  const tasks = [OPEN, ...completed]
  const names = { tasks: tasks.map(({ id, name, projectId }) => ({ id, name, projectId })), projects: [] }
  const records: Records = { projects: [], tasks, entries: [], names }
  return { now: () => NOW, stage: { workspace: { records: () => records }, actions: {} } } as never
}

function countFormatters(run: () => void): number {
  const { DateTimeFormat } = Intl
  let count = 0
  Intl.DateTimeFormat = new Proxy(DateTimeFormat, {
    construct(target, parameters: ConstructorParameters<typeof DateTimeFormat>) {
      count++
      return new target(...parameters)
    },
  })
  try {
    run()
  } finally {
    Intl.DateTimeFormat = DateTimeFormat
  }
  return count
}
