import type { UndoStep } from '@goalixa/agents/devops/step'
import type { Pool } from '@goalixa/chassis/postgres'

/** The steps of an undo that compensate a completed step. Which steps are completed no longer changes by then. */
export async function compensatingSteps(
  pool: Pool,
  actionId: string,
  steps: UndoStep[],
): Promise<UndoStep[]> {
  const { rows } = await pool.query<{ number: number }>(
    `SELECT number FROM action_steps WHERE action_id = $1 AND phase = 'do' AND state = 'done'`,
    [actionId],
  )
  const done = new Set(rows.map(({ number }) => number))
  return steps.filter(
    ({ undoes, unless }) =>
      (undoes === undefined || done.has(undoes)) && (unless === undefined || !done.has(unless)),
  )
}
