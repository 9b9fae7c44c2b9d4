import type { PredicateRole, Verification } from '@goalixa/agents/devops/proposal'
import type { Predicate } from '@goalixa/agents/devops/verification/predicate'
import type { Reading } from '../actions.schema.ts'
import type { ToolExecutor } from '../execution/tool-executor.ts'
import { readPredicate } from './read-predicate.ts'

export type RecoveryReadings = { recovered: Reading[]; worse: Reading[]; unrelatedAlerts: Reading[] }
type ReadTool = Pick<ToolExecutor, 'read'>

/** Reads all predicates of a verification once. */
export async function readRecovery(
  verification: Verification,
  toolExecutor: ReadTool,
  signal: AbortSignal,
): Promise<RecoveryReadings> {
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
  return { recovered, worse, unrelatedAlerts }
}

/** Predicates of one check see one state: the same read is made once. */
function readOnce({ read }: ReadTool): ReadTool {
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
