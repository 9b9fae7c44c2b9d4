import type { Verification } from '@goalixa/agents/devops/proposal'
import { elapsedBetween, type ReadClocks } from '../../clock/observation-clock.ts'
import type { VerificationView } from '../actions.schema.ts'
import type { ToolExecutor } from '../execution/tool-executor.ts'
import { breakStreaks } from './break-streaks.ts'
import { evaluateRecovery } from './evaluate-recovery.ts'
import { readRecovery } from './read-recovery.ts'

type Options = {
  verification: Verification
  toolExecutor: Pick<ToolExecutor, 'read'>
  /** Observed time between the last check and this one. */
  observedMs: number
  /** The reads of a check that took longer than this are stale: the process or the machine was suspended. */
  checkDeadlineMs: number
  now: () => Date
  readClocks: ReadClocks
  signal: AbortSignal
}

/** Evaluates all predicates once and returns the updated verification. A check that took too long counts as a gap instead. */
export async function checkRecoveryOnce(
  last: VerificationView,
  { verification, toolExecutor, observedMs, checkDeadlineMs, now, readClocks, signal }: Options,
): Promise<VerificationView> {
  const begun = readClocks()
  const lastBegunAt = now().toISOString()
  const readings = await readRecovery(verification, toolExecutor, signal)
  const check = elapsedBetween(begun, readClocks())
  if (check.longestMs > checkDeadlineMs) return breakStreaks(last)
  const view = evaluateRecovery(
    last,
    { at: now(), observedMs: observedMs + check.observedMs, ...readings },
    verification,
  )
  return { ...view, lastBegunAt }
}
