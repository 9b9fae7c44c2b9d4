import { evaluate, namesIn } from './expression.ts'
import type { RunbookFacts } from './extract-runbook-facts.ts'
import type { Runbook } from './runbook.ts'

type Row = Runbook['decide'][number]

/** The first row whose condition holds, or null. A row that needs a missing fact does not hold; `missing` lists those facts. */
export function chooseDecision(
  runbook: Runbook,
  facts: RunbookFacts,
): { row: Row | null; missing: string[] } {
  const missing = new Set<string>()
  for (const row of runbook.decide) {
    const unknown = [...namesIn(row.when)].filter(name => !Object.hasOwn(facts, name))
    for (const name of unknown) missing.add(name)
    if (unknown.length === 0 && evaluate(row.when, facts) === true) return { row, missing: [...missing] }
  }
  return { row: null, missing: [...missing] }
}
