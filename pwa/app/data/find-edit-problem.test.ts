import { expect, it } from 'vitest'
import { findEditProblem } from './find-edit-problem.ts'
import { addProject, addTask, rewriteTask } from './gestures.ts'

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
