import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import type { Needs } from '../../snapshot/needs.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import type { Chain } from '../causality/causal-chain.ts'
import type { Finding } from '../finding.ts'

/** The input of a check: a chain with its contributing change, and everything else that was found. */
export type CheckContext = {
  view: SnapshotView
  chain: Chain
  change: Snapshot['changes'][number] | null
  findings: Finding[]
  chains: Chain[]
}

/** Whether an argument speaks for a cause or against it. */
export type Side = 'for' | 'against'
/** The arguments of a check by code, each with its side. */
export type ArgumentSides = Readonly<Record<string, Side>>

/** An argument for or against a cause, with the evidence that shows it. */
export type ArgumentOf<Code extends string> = { code: Code; message: string; evidence: string[] }

/** One kind of check: which arguments it can give, the side of each, and how it decides. */
export type Check<Sides extends ArgumentSides = ArgumentSides> = {
  /** What it looks at beyond findings and chains. */
  needs: Needs
  arguments: Sides
  /** The arguments that hold for a chain. Pure. */
  run: (context: CheckContext) => ArgumentOf<keyof Sides & string>[]
}

/** Declares a check. `run` can give only the arguments that `arguments` declares. */
export function defineCheck<const Sides extends ArgumentSides>(check: Check<Sides>): Check<Sides> {
  return check
}
