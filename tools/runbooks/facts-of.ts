import type { Evidence } from '../evidence.ts'
import { evaluate } from './expression.ts'
import type { Runbook } from './runbook.ts'

/** What is known by a runbook's own words. A fact that was not read, or that makes no sense, is missing. */
export type Facts = Record<string, boolean | number | string>

/** The facts that a runbook extracts from what was read for it. */
export function extractFacts(runbook: Runbook, evidence: readonly Evidence[]): Facts {
  const facts: Facts = {}
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
