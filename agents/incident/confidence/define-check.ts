import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import type { Chain } from '../causality/causal-chain.ts'
import type { Finding } from '../finding.ts'

/** What a check looks at: one chain with the change behind it, beside everything else that was found. */
export type CheckContext = {
  view: SnapshotView
  chain: Chain
  change: Snapshot['changes'][number] | null
  findings: Finding[]
  chains: Chain[]
}

export type Side = 'for' | 'against'
export type ArgumentSides = Readonly<Record<string, Side>>

/** A reason for or against a cause, and what was read to know it. */
export type ArgumentOf<Code extends string> = { code: Code; message: string; evidence: string[] }

/** One kind of judgement: which arguments it can give, on which side each of them is, and how it decides. */
export type Check<Sides extends ArgumentSides = ArgumentSides> = {
  arguments: Sides
  /** The arguments that hold for a chain. Pure. */
  run: (context: CheckContext) => ArgumentOf<keyof Sides & string>[]
}

/** Declares a check. `run` can give only the arguments that `arguments` declares. */
export function defineCheck<const Sides extends ArgumentSides>(check: Check<Sides>): Check<Sides> {
  return check
}
