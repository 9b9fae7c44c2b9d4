import type { Step } from '@goalixa/agents/devops/step'
import type { Pool } from '@goalixa/chassis/postgres'
import { valueAt } from './value-at.ts'

/**
 * A step's arguments, including those that come from the results of earlier steps. A missing one is left out, so that the
 * tool's own validation names it.
 */
export async function resolveArgs(
  pool: Pool,
  actionId: string,
  { args, from = {} }: Step,
): Promise<Record<string, unknown>> {
  const sources = Object.entries(from)
  if (sources.length === 0) return args
  const { rows } = await pool.query<{ number: number; result: unknown }>(
    `SELECT number, result FROM action_steps WHERE action_id = $1 AND phase = 'do' AND state = 'done'`,
    [actionId],
  )
  const resultOf = (step: number) => rows.find(({ number }) => number === step)?.result
  const found = sources.map(([name, { step, path }]) => [name, valueAt(resultOf(step), path)] as const)
  return { ...args, ...Object.fromEntries(found.filter(([, value]) => value !== undefined)) }
}
