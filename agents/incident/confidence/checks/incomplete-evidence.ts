import { questionId } from '../../../snapshot/question-id.ts'
import { cardOf } from '../../analysers/registry.ts'
import type { ConfidenceCheck } from '../check.ts'

/** Reads that could show that a measured fault comes from elsewhere. */
const ELSEWHERE = [
  questionId.objects('workloads'),
  questionId.objects('wiring'),
  questionId.events(),
  questionId.series('request-rate'),
  questionId.series('upstream-latency'),
  questionId.series('upstream-error-ratio'),
  questionId.series('dependency-up'),
]

/** What is concluded because nothing else was found is worth less for each place where nobody could look. */
export const incompleteEvidence: ConfidenceCheck = ({ view, chain: { root } }) => {
  if (!['comparison', 'self-share'].includes(cardOf(root.code).basis)) return []
  return ELSEWHERE.filter(question => !view.wasRead(question)).map(question => {
    const unread = view.snapshot.unread.filter(one => one.question === question).map(one => one.evidence)
    const message = `${question} was not read, so it may come from elsewhere`
    return {
      side: 'against',
      code: 'NOT_ALL_READ',
      message,
      evidence: unread.length > 0 ? unread : root.evidence,
    }
  })
}
