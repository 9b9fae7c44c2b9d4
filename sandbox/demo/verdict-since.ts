import type { InvestigationView } from '@goalixa/syntra/investigations/investigations.schema'

type Judged = Pick<InvestigationView, 'verdict' | 'verdictAt'>

/** When the verdict that stands at the end was first given: investigations after it only confirmed it. In their order. */
export function verdictSince(judged: Judged[]): string | null {
  const last = judged.at(-1)
  if (!last?.verdict) return null
  const other = judged.findLastIndex(entry => keyOf(entry) !== keyOf(last))
  return judged[other + 1]?.verdictAt ?? null
}

function keyOf({ verdict }: Judged): string {
  const [cause] = verdict?.outcome === 'cause' ? verdict.causes : []
  return JSON.stringify([verdict?.outcome, cause?.code, cause?.subject])
}
