import { joinWords } from '@goalixa/chassis/join-words'
import { groupUnread, type UnreadGroup } from '../snapshot/group-unread.ts'
import type { SnapshotView } from '../snapshot/index-snapshot.ts'
import type { QuestionId } from '../snapshot/question-id.ts'

/** A sentence names so many reads, and a verdict so many reasons; the report has all of them. */
const MAX_LABELS = 4
const MAX_REASONS = 4

/** What a verdict needs to have read, the most important first; of kinds those that are not known. */
type Needed = { questions: readonly QuestionId[]; kinds: readonly string[] }

/**
 * What is missing for a verdict, as sentences: what could not be read with the reason, which systems are not configured, and what was
 * never requested. Empty if nothing is missing.
 */
export function describeUnread(view: SnapshotView, { questions, kinds }: Needed): string {
  const { unread } = view.snapshot
  const rank = ({ question, part }: (typeof unread)[number]) =>
    rankIn(questions, question) * (kinds.length + 1) + rankIn(kinds, part ?? '')
  const groups = groupUnread(
    unread.toSorted((a, b) => rank(a) - rank(b)),
    'code',
  )
  const unrequested = questions.filter(
    question => !view.wasRead(question) && !unread.some(lack => lack.question === question),
  )
  const sentences = [
    ...groups.slice(0, MAX_REASONS).map(describeGroup),
    ...(groups.length > MAX_REASONS ? ['The report lists what else is missing.'] : []),
    ...(unrequested.length > 0 ? [`Syntra did not request ${joinWords(unrequested)}.`] : []),
  ]
  if (sentences.length === 0 && kinds.length > 0)
    return `Syntra does not know all objects of kind ${joinWords(kinds)}.`
  return sentences.join(' ')
}

function rankIn(names: readonly string[], name: string): number {
  const index = names.indexOf(name)
  return index < 0 ? names.length : index
}

function describeGroup({ labels, reason, isConfigured }: UnreadGroup): string {
  const end = /[.!?]$/.test(reason) ? '' : '.'
  if (!isConfigured) return `${reason}${end}`
  const named =
    labels.length > MAX_LABELS
      ? [...labels.slice(0, MAX_LABELS - 1), `${labels.length - MAX_LABELS + 1} more`]
      : labels
  return `Syntra could not read ${joinWords(named)}: ${reason}${end}`
}
