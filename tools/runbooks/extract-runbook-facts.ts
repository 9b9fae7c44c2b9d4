import type { Evidence } from '../evidence.ts'
import { evaluate } from './expression.ts'
import type { Runbook } from './runbook.ts'

/** Facts under the names that a runbook gives them. A fact that was not read or does not evaluate is missing. */
export type RunbookFacts = Record<string, boolean | number | string>

/** The facts that a runbook extracts from what was read for it. */
export function extractRunbookFacts(runbook: Runbook, evidence: readonly Evidence[]): RunbookFacts {
  const facts: RunbookFacts = {}
  for (const row of runbook.evidence) {
    const answer = evidence.find(({ question }) => question.id === `runbook/${runbook.id}/${row.id}`)
    if (answer?.outcome !== 'read') continue
    for (const [name, expression] of Object.entries(row.extract)) {
      const value = evaluate(expression, { result: answer.result })
      if (value !== undefined) facts[name] = value
    }
  }
  return facts
}
