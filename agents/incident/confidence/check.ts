import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import type { Chain } from '../causality/causal-chain.ts'
import type { Argument, Finding } from '../verdict.ts'

/** What a judgement looks at: one chain with the change behind it, beside everything else that was found. */
export type Context = {
  view: SnapshotView
  chain: Chain
  change: Snapshot['changes'][number] | null
  findings: Finding[]
  rivals: Chain[]
}

export type CheckResult = Argument & { side: 'for' | 'against' }

/** One kind of argument: it speaks for a root, against it, or has nothing to say. Pure. */
export type ConfidenceCheck = (context: Context) => CheckResult[]
