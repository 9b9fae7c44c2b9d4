import type { Step } from '@goalixa/agents/devops/step'
import { ExpectedError, isRetryable } from '@goalixa/chassis/errors'
import { isDatabaseDown, type Pool } from '@goalixa/chassis/postgres'
import { inFencedTransaction } from '../../storage/fence.ts'
import type { Leases } from '../../storage/leases.ts'
import { sanitizeForJsonb } from '../../storage/sanitize-for-jsonb.ts'
import { resolveArgs } from './resolve-args.ts'
import type { ToolExecutor } from './tool-executor.ts'

/** After a long absence of the workers the retry time is already over; a step is still tried this often. */
const MIN_ATTEMPTS = 3

/** `later`: what an action left pending on purpose is restored. */
export type Phase = 'do' | 'undo' | 'later'

type Options = {
  pool: Pool
  leases: Pick<Leases, 'assertLease' | 'assertNotSuspended'>
  toolExecutor: Pick<ToolExecutor, 'write' | 'findEffect' | 'isInProgress' | 'isNotification'>
  actionId: string
  phase: Phase
  steps: Step[]
  /** How long after its first attempt a step is retried whose system is unreachable. */
  patienceSeconds: number
  /** Called right before the very first write, unless that is in effect or in progress already. `false` stops the phase. */
  mayBegin?: () => Promise<boolean>
  /** Called when what a step requested neither succeeded nor ended within its time; it is awaited all the same. */
  onOverdue?: (message: string) => Promise<void>
  signal: AbortSignal
}
/** `done` counts the steps that took effect. `unknown`: it could not be read whether the next one did. */
export type StepsResult =
  /** `failures`: what people were not told, or what was not tidied up; an undo goes on without it. */
  | { outcome: 'done'; failures: string[] }
  | { outcome: 'stopped'; done: 0; message: string }
  | { outcome: 'failed'; done: number; message: string }
  | { outcome: 'unknown'; done: number; message: string }

type Resolved = Omit<Step, 'args'> & { args: Record<string, unknown> }
type End =
  | { state: 'stopped' }
  | { state: 'done'; result: unknown }
  | { state: 'failed' | 'unknown'; result: { error: string } }
type Row = { state: string; attempts: number; startedAt: Date; ageSeconds: number }

/**
 * Performs steps so that each effect happens once, wherever the process dies: the intent is a row before the call, and a
 * worker that finds an intent without a result looks for the effect in the target before it calls again. A step whose system
 * is unreachable throws `unavailable`, to be resumed later, until the retry time is over. Any other failure of a call ends the
 * phase only after one more search for the effect. What was requested and is still in progress throws `unavailable`
 * STILL_IN_PROGRESS, however long it takes: it may take effect at any time.
 */
export async function performSteps({
  pool,
  leases,
  toolExecutor,
  actionId,
  phase,
  steps,
  patienceSeconds,
  mayBegin = async () => true,
  onOverdue = async () => {},
  signal,
}: Options): Promise<StepsResult> {
  const failures: string[] = []
  for (const [index, step] of steps.entries()) {
    const number = index + 1
    const args = await resolveArgs(pool, actionId, step)
    const row = await intend(number, step.tool, args)
    if (row.state === 'done') continue
    const end = isEnded(row.state)
      ? { state: row.state, result: { error: `Step ${number} had already ended as ${row.state}.` } }
      : await perform({ ...step, args }, row, index === 0)
    if (end.state === 'stopped') return { outcome: 'stopped', done: 0, message: 'No step was begun.' }
    if (!isEnded(row.state)) await finish(number, end.state, end.result)
    if (end.state === 'done') continue
    if (phase !== 'undo' || !toolExecutor.isNotification(step.tool))
      return { outcome: end.state, done: index, message: end.result.error }
    failures.push(end.result.error)
  }
  return { outcome: 'done', failures }

  async function perform(step: Resolved, row: Row, isFirst: boolean): Promise<End> {
    const args = { ...step.args, actionId: idempotencyKey(actionId, phase) }
    const isLate = row.ageSeconds >= patienceSeconds && row.attempts >= MIN_ATTEMPTS
    const mayPass = (error: unknown) =>
      // A failure of our own database is no evidence about the target.
      signal.aborted || isDatabaseDown(error) || (isRetryable(error) && !isLate)
    // An earlier attempt may have called, and the answer may have been lost with the process.
    let wasCalled = row.attempts > 1
    const { assertLease, assertNotSuspended } = leases
    const call = { signal, assertLease, assertNotSuspended, startedAt: row.startedAt }
    try {
      signal.throwIfAborted()
      const already = await toolExecutor.findEffect(step.tool, args, call)
      if (already !== undefined) return { state: 'done', result: already }
      // An operation that we requested has already changed the approved state; not beginning would not stop it.
      const isBegun = isFirst && wasCalled && (await toolExecutor.isInProgress(step.tool, args, call))
      if (isFirst && !isBegun && !(await mayBegin())) return { state: 'stopped' }
      wasCalled = true
      return { state: 'done', result: (await toolExecutor.write(step.tool, args, call)) ?? null }
    } catch (error) {
      if (mayPass(error)) throw error
      const message = `${step.message} ${describe(error)}`
      if (!wasCalled) return { state: 'failed', result: { error: message } }
      try {
        const result = await toolExecutor.findEffect(step.tool, args, call)
        if (result !== undefined) return { state: 'done', result }
        const isOpen = isOpenEnded(error)
        if ((isOpen || isRetryable(error)) && (await toolExecutor.isInProgress(step.tool, args, call))) {
          await onOverdue(message)
          throw stillInProgress(message)
        }
        return isOpen
          ? { state: 'unknown', result: { error: `${message} It may still take effect.` } }
          : { state: 'failed', result: { error: message } }
      } catch (blind) {
        if (mayPass(blind) || isStillInProgress(blind)) throw blind
        const error = `${message} The effect could not be checked: ${describe(blind)}`
        return { state: 'unknown', result: { error } }
      }
    }
  }

  async function intend(number: number, tool: string, args: Record<string, unknown>): Promise<Row> {
    const { rows } = await inFencedTransaction(pool, client =>
      client.query(
        `INSERT INTO action_steps (action_id, phase, number, tool, args, state) VALUES ($1, $2, $3, $4, $5, 'intended')
       ON CONFLICT (action_id, phase, number) DO UPDATE SET attempts = action_steps.attempts + 1
       RETURNING state, attempts, started_at AS "startedAt", extract(epoch FROM now() - started_at)::float AS "ageSeconds"`,
        [actionId, phase, number, tool, JSON.stringify(sanitizeForJsonb(args))],
      ),
    )
    return rows[0]
  }

  async function finish(number: number, state: 'done' | 'failed' | 'unknown', result: unknown) {
    await inFencedTransaction(pool, client =>
      client.query(
        `UPDATE action_steps SET state = $4, result = $5, finished_at = now()
       WHERE action_id = $1 AND phase = $2 AND number = $3 AND state = 'intended'`,
        [actionId, phase, number, state, JSON.stringify(sanitizeForJsonb(result))],
      ),
    )
  }
}

function isEnded(state: string): state is 'failed' | 'unknown' {
  return state === 'failed' || state === 'unknown'
}

/** What is written into the object, commit or operation. An undo has a key of its own, and so has what is restored later. */
export function idempotencyKey(actionId: string, phase: Phase): string {
  return phase === 'do' ? actionId : `${actionId}-${phase}`
}

// Something on the way may hold a request back and deliver it later; an operation that could not be terminated may go on.
const OPEN_ENDS = new Set(['DEADLINE', 'UPSTREAM_TIMEOUT', 'OPERATION_STUCK'])

function isOpenEnded(error: unknown): boolean {
  return error instanceof ExpectedError && OPEN_ENDS.has(error.code)
}

const STILL_IN_PROGRESS = 'STILL_IN_PROGRESS'

function stillInProgress(message: string): ExpectedError {
  return new ExpectedError('unavailable', STILL_IN_PROGRESS, `${message} It is awaited until it has ended.`)
}

function isStillInProgress(error: unknown): boolean {
  return error instanceof ExpectedError && error.code === STILL_IN_PROGRESS
}

function describe(error: unknown): string {
  if (error instanceof ExpectedError) return `${error.code}: ${error.message}`
  return error instanceof Error ? error.message.slice(0, 300) : 'unknown failure'
}
