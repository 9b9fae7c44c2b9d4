import type { Step } from '@goalixa/agents/devops/proposal'
import { ExpectedError, isWorthRetrying } from '@goalixa/chassis/errors'
import type { Pool } from '@goalixa/chassis/postgres'
import { storableJson } from '../storable-json.ts'
import type { Toolbox } from './toolbox.ts'

const ATTEMPTS = 8

type Options = {
  pool: Pool
  toolbox: Pick<Toolbox, 'write' | 'isDone'>
  actionId: string
  phase: 'do' | 'undo'
  steps: Step[]
  signal: AbortSignal
}
export type StepsResult = { outcome: 'done' } | { outcome: 'failed'; done: number; says: string }

/**
 * Performs steps so that each effect happens once, whatever instruction the process dies at: the intent is a row before the
 * call; who finds an intent without an end looks in the world whether the effect is there before calling again. A step
 * that can not be reached throws `unavailable`, to be continued later; any other failure ends the phase.
 */
export async function performSteps({
  pool,
  toolbox,
  actionId,
  phase,
  steps,
  signal,
}: Options): Promise<StepsResult> {
  for (const [index, step] of steps.entries()) {
    const number = index + 1
    const row = await intend(number, step)
    if (row.state === 'done') continue
    if (row.state === 'failed')
      return { outcome: 'failed', done: index, says: `Step ${number} failed before.` }
    const args = { ...step.args, actionId: markOf(actionId, phase) }
    try {
      signal.throwIfAborted()
      const already = await toolbox.isDone(step.tool, args, signal)
      await finish(number, 'done', already ?? (await toolbox.write(step.tool, args, signal)) ?? null)
    } catch (error) {
      if (signal.aborted || (isWorthRetrying(error) && row.attempts < ATTEMPTS)) throw error
      const says = `${step.says}: ${wordsOf(error)}`
      await finish(number, 'failed', { error: says })
      return { outcome: 'failed', done: index, says }
    }
  }
  return { outcome: 'done' }

  async function intend(number: number, step: Step): Promise<{ state: string; attempts: number }> {
    const { rows } = await pool.query(
      `INSERT INTO action_steps (action_id, phase, number, tool, args, state) VALUES ($1, $2, $3, $4, $5, 'intended')
       ON CONFLICT (action_id, phase, number) DO UPDATE SET attempts = action_steps.attempts + 1
       RETURNING state, attempts`,
      [actionId, phase, number, step.tool, JSON.stringify(storableJson(step.args))],
    )
    return rows[0]
  }

  async function finish(number: number, state: 'done' | 'failed', result: unknown) {
    await pool.query(
      `UPDATE action_steps SET state = $4, result = $5, finished_at = now()
       WHERE action_id = $1 AND phase = $2 AND number = $3 AND state = 'intended'`,
      [actionId, phase, number, state, JSON.stringify(storableJson(result))],
    )
  }
}

/** What is written into the object, commit or operation. The undo is an effect of its own. */
export function markOf(actionId: string, phase: 'do' | 'undo'): string {
  return phase === 'do' ? actionId : `${actionId}-undo`
}

function wordsOf(error: unknown): string {
  if (error instanceof ExpectedError) return `${error.code}: ${error.message}`
  return error instanceof Error ? error.message.slice(0, 300) : 'unknown failure'
}
