import { evaluate, namesIn } from './expression.ts'
import type { Facts } from './facts-of.ts'
import type { Runbook } from './runbook.ts'

type Row = Runbook['decide'][number]

/** The first row that holds, or null. A row with a fact that is missing does not hold; `missing` names those facts. */
export function decide(runbook: Runbook, facts: Facts): { row: Row | null; missing: string[] } {
  const missing = new Set<string>()
  for (const row of runbook.decide) {
    const unknown = [...namesIn(row.when)].filter(name => !Object.hasOwn(facts, name))
    for (const name of unknown) missing.add(name)
    if (unknown.length === 0 && evaluate(row.when, facts) === true) return { row, missing: [...missing] }
  }
  return { row: null, missing: [...missing] }
}
