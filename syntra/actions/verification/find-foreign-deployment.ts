import type { Pool } from '@goalixa/chassis/postgres'
import { Containment } from '@goalixa/tools/forge/commits'
import { z } from 'zod'
import type { ToolExecutor } from '../execution/tool-executor.ts'
import { valueAt } from '../execution/value-at.ts'
import type { Action } from '../ledger.ts'

const MergeResult = z.object({ sha: z.string() })
const RollbackResult = z.object({ revision: z.string(), content: z.string().optional() })

/**
 * Why what is deployed is not what the action deployed, as a clause: the newest deployment is not the approved one, or does not
 * contain the approved revert. Null where it is, or where the action's steps deploy nothing from Git. Throws what a read
 * throws.
 */
export async function findForeignDeployment(
  pool: Pool,
  { id, proposal }: Pick<Action, 'id' | 'proposal'>,
  toolExecutor: Pick<ToolExecutor, 'read'>,
  signal: AbortSignal,
): Promise<string | null> {
  const { app, repo } = proposal.target
  if (app === null) return null
  const { rows } = await pool.query<{ tool: string; result: unknown }>(
    `SELECT tool, result FROM action_steps
     WHERE action_id = $1 AND phase = 'do' AND state = 'done' AND tool IN ('delivery_rollback_app', 'forge_merge_revert')
     ORDER BY number DESC LIMIT 1`,
    [id],
  )
  const [last] = rows
  if (last === undefined) return null
  const isRollback = last.tool === 'delivery_rollback_app'
  const rollback = isRollback ? RollbackResult.safeParse(last.result).data : undefined
  const approved = rollback?.revision
  const merge = isRollback ? undefined : MergeResult.safeParse(last.result).data?.sha
  if (approved === undefined && (merge === undefined || repo === null)) return null

  const history = await toolExecutor.read('delivery_list_history', { name: app }, signal)
  const newest = valueAt(history, 'history.0.revision')
  if (typeof newest !== 'string') return `it is unknown which commit of ${app} is deployed`
  if (rollback !== undefined && newest === approved)
    return rollback.content === undefined || valueAt(history, 'history.0.content') === rollback.content
      ? null
      : `${app} was last deployed from commit ${newest} as approved, but with another source or other parameters`
  if (approved !== undefined)
    return `${app} was last deployed from commit ${newest}, and not from ${approved} as approved`
  const contained = await toolExecutor.read(
    'forge_contains_commit',
    { repo, sha: merge, head: newest },
    signal,
  )
  return Containment.parse(contained).contains
    ? null
    : `${app} was last deployed from commit ${newest}, which does not contain the merged revert ${merge}`
}
