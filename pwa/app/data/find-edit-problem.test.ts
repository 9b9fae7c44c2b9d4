import { expect, it } from 'vitest'
import { findEditProblem } from './find-edit-problem.ts'
import { addProject, addTask, completeTask, rewriteTask, startTimer, stopTimer } from './gestures.ts'

it.each([
  [addTask('1', 'x'.repeat(500), null), undefined],
  [addTask('1', 'x'.repeat(734), null), 'Not saved. Task name: at most 500 characters; this has 734.'],
  [rewriteTask('1', { note: '👍'.repeat(20_000) }), undefined],
  [
    rewriteTask('1', { note: 'n'.repeat(20_001) }),
    'Not saved. Task note: at most 20,000 characters; this has 20,001.',
  ],
  [
    addProject('1', 'p'.repeat(201), '#00ff7f'),
    'Not saved. Project name: at most 200 characters; this has 201.',
  ],
  [
    rewriteTask('1', { name: 'half \ud83d' }),
    'Not saved. Task name: text of whole characters; this has half of a surrogate pair.',
  ],
])('an edit that the server would reject is described with its limit (%#)', (edits, problem) => {
  expect(findEditProblem(edits)).toBe(problem)
})

it.each([
  ['1970', Date.UTC(1970, 0, 1, 12)],
  ['2222', Date.UTC(2222, 5, 1)],
])('a time that was read from a clock of %s is described as what it is', (year, nowMs) => {
  const task = { id: '1', name: 'Read', note: '', isDone: false, projectId: null, completedAt: null }
  const running = { id: '2', taskId: '1', startMs: nowMs, endMs: null }
  for (const edits of [
    startTimer('2', '1', undefined, nowMs),
    stopTimer(running, nowMs),
    completeTask(task, undefined, nowMs),
  ])
    expect(findEditProblem(edits)).toMatch(
      new RegExp(`^Not saved. This device’s clock says .*${year}.*\\. Set it, or connect once\\.$`),
    )
})
