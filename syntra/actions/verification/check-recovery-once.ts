import type { PredicateRole, Verification } from '@goalixa/agents/devops/proposal'
import type { Predicate } from '@goalixa/agents/devops/verification/predicate'
import type { VerificationView } from '../actions.schema.ts'
import type { ToolExecutor } from '../execution/tool-executor.ts'
import { evaluateRecovery } from './evaluate-recovery.ts'
import { readPredicate } from './read-predicate.ts'

type Options = {
  verification: Verification
  toolExecutor: Pick<ToolExecutor, 'read'>
  now: () => Date
  signal: AbortSignal
}

/** Evaluates all predicates once and returns the verification after that. */
export async function checkRecoveryOnce(
  last: VerificationView,
  { verification, toolExecutor, now, signal }: Options,
): Promise<VerificationView> {
  const once = readOnce(toolExecutor)
  const readAll = (predicates: Predicate[], role: PredicateRole) =>
    Promise.all(
      predicates.map(async predicate => ({ role, ...(await readPredicate(predicate, once, signal)) })),
    )
  const [recovered, worse, unrelatedAlerts] = await Promise.all([
    readAll(verification.recovered, 'recovered'),
    readAll(verification.worse, 'worse'),
    readAll(verification.unrelatedAlerts, 'unrelated'),
  ])
  return evaluateRecovery(last, { at: now(), recovered, worse, unrelatedAlerts }, verification)
}

/** Predicates of one check see one state: the same read is made once. */
function readOnce({ read }: Options['toolExecutor']): Options['toolExecutor'] {
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
