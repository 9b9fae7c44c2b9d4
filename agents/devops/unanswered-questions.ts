import type { Question } from '@goalixa/tools/evidence'
import type { SnapshotView } from '../snapshot/index-snapshot.ts'

/** The questions that nobody asked yet. One that was asked and could not be read is not asked again. */
export function unansweredQuestions(view: SnapshotView, questions: Question[]): Question[] {
  const asked = new Set([
    ...view.snapshot.reads.map(read => read.question),
    ...view.snapshot.unread.map(lack => lack.question),
  ])
  return questions.filter(question => !asked.has(question.id))
}
