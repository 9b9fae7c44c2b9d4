import type { Pool } from '@goalixa/chassis/postgres'
import type { Policy } from '../policy/policy.ts'
import type { Limits } from '../policy/policy-context.ts'
import type { Leases } from '../storage/leases.ts'
import type { ToolExecutor } from './execution/tool-executor.ts'
import type { Ledger } from './ledger.ts'

/** What the service of actions and its parts need. */
export type ActionsDeps = {
  pool: Pool
  leases: Leases
  ledger: Ledger
  policy: Policy
  toolExecutor: ToolExecutor
  limits: Limits
  approvers: { R3: number; R4: number }
  approvalSeconds: number
  /** How long a step is retried whose system is unreachable. */
  patienceSeconds: number
  now: () => Date
  pollMs?: number
  /** A recovery check that takes longer does not count as an observation. */
  checkDeadlineMs?: number
}
