import type { Predicate, Verification } from '@goalixa/agents/devops/proposal'
import type { VerificationView } from '../actions.schema.ts'
import { judgeLook } from './evaluate-recovery.ts'
import { readPredicate } from './read-predicate.ts'
import type { Toolbox } from '../execution/tool-executor.ts'

type Options = {
  verification: Verification
  toolbox: Pick<Toolbox, 'read'>
  now: () => Date
  signal: AbortSignal
}

/** One look at all predicates, and what is known after it. */
export async function lookAtRecovery(
  last: VerificationView,
  { verification, toolbox, now, signal }: Options,
): Promise<VerificationView> {
  const once = readOnce(toolbox)
  const readAll = (list: Predicate[]) => Promise.all(list.map(one => readPredicate(one, once, signal)))
  const [recovered, worse, aside] = await Promise.all([
    readAll(verification.recovered),
    readAll(verification.worse),
    readAll(verification.aside),
  ])
  return judgeLook(last, { at: now(), recovered, worse, aside }, verification)
}

/** Predicates of one look see one state: the same read is made once. */
function readOnce({ read }: Options['toolbox']): Options['toolbox'] {
  const answers = new Map<string, Promise<unknown>>()
  return {
    read(tool, args, signal) {
      const key = JSON.stringify([tool, args])
      const answer = answers.get(key) ?? read(tool, args, signal)
      answers.set(key, answer)
      return answer
    },
  }
}
