import type { Step } from '@goalixa/agents/devops/step'
import { ExpectedError, isRetryable } from '@goalixa/chassis/errors'
import type { Pool } from '@goalixa/chassis/postgres'
import { sanitizeForJsonb } from '../../storage/sanitize-for-jsonb.ts'
import { resolveArgs } from './resolve-args.ts'
import type { ToolExecutor } from './tool-executor.ts'

/** A worker that comes back after a long absence finds the time used up; it may still try more than once. */
const LEAST_ATTEMPTS = 3

/** `later`: what an action left behind on purpose comes back. */
export type Phase = 'do' | 'undo' | 'later'

type Options = {
  pool: Pool
  toolExecutor: Pick<ToolExecutor, 'write' | 'findEffect' | 'isInProgress'>
  actionId: string
  phase: Phase
  steps: Step[]
  /** How long after its first attempt a step that can not be reached is tried again. */
  patienceSeconds: number
  /** Asked right before the first call of all, unless its effect is there or was asked for already. `false` stops the phase. */
  mayBegin?: () => Promise<boolean>
  signal: AbortSignal
}
/** `unknown`: it could not be read whether the step had its effect. `done` steps before it had theirs. */
export type StepsResult =
  | { outcome: 'done' }
  | { outcome: 'stopped'; done: 0; message: string }
  | { outcome: 'failed'; done: number; message: string }
  | { outcome: 'unknown'; done: number; message: string }

type Resolved = Omit<Step, 'args'> & { args: Record<string, unknown> }
type End =
  | { state: 'stopped' }
  | { state: 'done'; result: unknown }
  | { state: 'failed' | 'unknown'; result: { error: string } }
type Row = { state: string; attempts: number; ageSeconds: number }

/**
 * Performs steps so that each effect happens once, whatever instruction the process dies at: the intent is a row before the
 * call; who finds an intent without an end looks in the world whether the effect is there before calling again. A step
 * that can not be reached throws `unavailable`, to be continued later, as long as there is patience; any other failure of a
 * call that was made ends the phase only after the world was looked at once more.
 */
export async function performSteps({
  pool,
  toolExecutor,
  actionId,
  phase,
  steps,
  patienceSeconds,
  mayBegin = async () => true,
  signal,
}: Options): Promise<StepsResult> {
  for (const [index, step] of steps.entries()) {
    const number = index + 1
    const args = await resolveArgs(pool, actionId, step)
    const row = await intend(number, step.tool, args)
    if (row.state === 'done') continue
    if (row.state === 'failed' || row.state === 'unknown')
      return { outcome: row.state, done: index, message: `Step ${number} ended before as ${row.state}.` }
    const end = await perform({ ...step, args }, row, index === 0)
    if (end.state === 'stopped') return { outcome: 'stopped', done: 0, message: 'It was not begun.' }
    await finish(number, end.state, end.result)
    if (end.state !== 'done') return { outcome: end.state, done: index, message: end.result.error }
  }
  return { outcome: 'done' }

  async function perform(step: Resolved, row: Row, isFirst: boolean): Promise<End> {
    const args = { ...step.args, actionId: idempotencyKey(actionId, phase) }
    const isLate = row.ageSeconds >= patienceSeconds && row.attempts >= LEAST_ATTEMPTS
    const mayPass = (error: unknown) => signal.aborted || (isRetryable(error) && !isLate)
    // An earlier attempt may have called, and the answer may have been lost with the process.
    let wasCalled = row.attempts > 1
    try {
      signal.throwIfAborted()
      const already = await toolExecutor.findEffect(step.tool, args, signal)
      if (already !== undefined) return { state: 'done', result: already }
      // What runs by our own asking has changed the state that was approved, and can not be stopped by not beginning.
      const isBegun = isFirst && wasCalled && (await toolExecutor.isInProgress(step.tool, args, signal))
      if (isFirst && !isBegun && !(await mayBegin())) return { state: 'stopped' }
      wasCalled = true
      return { state: 'done', result: (await toolExecutor.write(step.tool, args, signal)) ?? null }
    } catch (error) {
      if (mayPass(error)) throw error
      const message = `${step.message} ${wordsOf(error)}`
      if (!wasCalled) return { state: 'failed', result: { error: message } }
      try {
        const result = await toolExecutor.findEffect(step.tool, args, signal)
        return result === undefined
          ? { state: 'failed', result: { error: message } }
          : { state: 'done', result }
      } catch (blind) {
        if (mayPass(blind)) throw blind
        const error = `${message} Whether it had its effect can not be read: ${wordsOf(blind)}`
        return { state: 'unknown', result: { error } }
      }
    }
  }

  async function intend(number: number, tool: string, args: Record<string, unknown>): Promise<Row> {
    const { rows } = await pool.query(
      `INSERT INTO action_steps (action_id, phase, number, tool, args, state) VALUES ($1, $2, $3, $4, $5, 'intended')
       ON CONFLICT (action_id, phase, number) DO UPDATE SET attempts = action_steps.attempts + 1
       RETURNING state, attempts, extract(epoch FROM now() - started_at)::float AS "ageSeconds"`,
      [actionId, phase, number, tool, JSON.stringify(sanitizeForJsonb(args))],
    )
    return rows[0]
  }

  async function finish(number: number, state: 'done' | 'failed' | 'unknown', result: unknown) {
    await pool.query(
      `UPDATE action_steps SET state = $4, result = $5, finished_at = now()
       WHERE action_id = $1 AND phase = $2 AND number = $3 AND state = 'intended'`,
      [actionId, phase, number, state, JSON.stringify(sanitizeForJsonb(result))],
    )
  }
}

/** What is written into the object, commit or operation. The undo is an effect of its own, and so is what comes later. */
export function idempotencyKey(actionId: string, phase: Phase): string {
  return phase === 'do' ? actionId : `${actionId}-${phase}`
}

function wordsOf(error: unknown): string {
  if (error instanceof ExpectedError) return `${error.code}: ${error.message}`
  return error instanceof Error ? error.message.slice(0, 300) : 'unknown failure'
}
