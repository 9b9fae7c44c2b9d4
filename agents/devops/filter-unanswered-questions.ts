import type { Question } from '@goalixa/tools/evidence'
import type { SnapshotView } from '../snapshot/index-snapshot.ts'

/** Drops the questions that were asked before, including those that could not be read. */
export function filterUnansweredQuestions(view: SnapshotView, questions: Question[]): Question[] {
  const asked = new Set([
    ...view.snapshot.reads.map(read => read.question),
    ...view.snapshot.unread.map(lack => lack.question),
  ])
  return questions.filter(question => !asked.has(question.id))
}
