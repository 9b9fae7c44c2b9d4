import type { InvestigationView } from '@goalixa/syntra/investigations/investigations.schema'

type Concluded = Pick<InvestigationView, 'verdict' | 'verdictAt'>

/** Returns when the final verdict was first reached: later investigations only confirmed it. Expects them in order. */
export function findFinalVerdictTime(concluded: Concluded[]): string | null {
  const last = concluded.at(-1)
  if (!last?.verdict) return null
  const lastDifferent = concluded.findLastIndex(entry => keyOf(entry) !== keyOf(last))
  return concluded[lastDifferent + 1]?.verdictAt ?? null
}

function keyOf({ verdict }: Concluded): string {
  const [cause] = verdict?.outcome === 'cause' ? verdict.causes : []
  return JSON.stringify([verdict?.outcome, cause?.code, cause?.subject])
}
