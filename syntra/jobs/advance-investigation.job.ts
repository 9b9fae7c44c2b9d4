import { advanceThread } from '@goalixa/agents/graphs/advance-thread'
import type { InvestigateGraph } from '@goalixa/agents/graphs/investigate.graph'
import { isRetryable } from '@goalixa/chassis/errors'
import type { Log } from '@goalixa/chassis/log'
import { isDatabaseDown, type Pool } from '@goalixa/chassis/postgres'
import type { Ledger } from '../actions/ledger.ts'
import { latestBegin } from '../approvals/approval-validity.ts'
import { enqueue, findStage } from '../investigations/enqueue.ts'
import type { InvestigationsRepository } from '../investigations/investigations.repository.ts'
import { busy, type Leases } from '../storage/leases.ts'
import type { SyntraMetrics } from '../telemetry/metrics.ts'
import type { Precedence } from './precedence.ts'
import type { Processor } from './queue.ts'
import { type Lane, urgencyOf } from './queue-place.ts'
import { recordFailure } from './record-failure.ts'

type Deps = {
  pool: Pool
  leases: Leases
  precedence: Pick<Precedence, 'run'>
  graph: InvestigateGraph
  investigations: InvestigationsRepository
  ledger: Ledger
  approvalSeconds: number
  metrics: SyntraMetrics
  log: Log
  now: () => Date
  /** Asks running threads to stop at their next step. */
  draining: AbortSignal
  /** Aborts what does not stop by itself. */
  closing: AbortSignal
}

/**
 * The only kind of queued job: advance this thread as far as it goes without a person. In a lane of investigations it goes as
 * far as the gate; what was decided is continued in the lane of actions, which never waits behind investigations.
 */
export function createAdvanceInvestigation(deps: Deps): Processor {
  const { pool, leases, precedence, graph, investigations, ledger, metrics, log, closing, draining } = deps

  return async ({ investigationId, queuedAt }, lane, priority) => {
    metrics.queueWait.observe({ lane }, Math.max(0, deps.now().getTime() - Date.parse(queuedAt)) / 1000)
    const result = await leases.withLease(threadLease(investigationId), lost =>
      precedence.run(investigationId, urgencyOf(lane, priority), () => advance(investigationId, lane, lost)),
    )
    // The other worker may be past the point that this job was queued for, so the job must not be dropped.
    if (result === busy) return 'later'
    if (result !== 'decided') return result
    // After the lease is released, so that the other lane finds the thread free.
    await enqueue(pool, [investigationId], 'decided')
    return 'done'
  }

  async function advance(
    investigationId: string,
    lane: Lane,
    lost: AbortSignal,
  ): Promise<'done' | 'later' | 'decided'> {
    const row = await investigations.find(investigationId)
    if (!row || row.state === 'done' || row.state === 'failed') return 'done'
    if (lane !== 'actions' && (await findStage(pool, investigationId)) === 'actions') return 'decided'
    // Until now the approved action waited for a worker, which does not count against its approval.
    if (lane === 'actions')
      await ledger.expireBy(investigationId, latestBegin(deps.now(), deps.approvalSeconds))
    await investigations.setState(investigationId, 'running')
    try {
      const result = await advanceThread({
        graph,
        investigationId,
        decisionOn,
        mayAct: lane === 'actions',
        signal: AbortSignal.any([lost, closing]),
        draining,
      })
      if (result === 'waiting') await investigations.setState(investigationId, 'waiting')
      if (result === 'decided') return result
      return result === 'drained' ? 'later' : 'done'
    } catch (error) {
      if (closing.aborted || lost.aborted) return 'later'
      if (isRetryable(error) || isDatabaseDown(error)) throw error
      log.error({ err: error, investigationId }, 'investigation stumbled')
      if (await recordFailure(deps, investigationId, error, deps.now())) return 'done'
      throw error
    }
  }

  async function decisionOn(actionId: string) {
    const action = await ledger.find(actionId)
    if (!action || action.state === 'awaiting-approval') return undefined
    return { actionId, state: action.state }
  }
}

/** The name of the lease under which a thread is advanced. */
export function threadLease(investigationId: string): string {
  return `thread:${investigationId}`
}
