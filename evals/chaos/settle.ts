import { setTimeout as sleep } from 'node:timers/promises'
import type { System } from './system/start-system.ts'

/** Longer than anything that expires in a run: leases, deadlines, the retry time of a step. What has not progressed by then is stuck, and the checks report it. */
const PATIENCE_SECONDS = 75
/** On a busy machine everything takes longer, but not for ever. */
const MAX_SECONDS = 300
const TELL_MS = 5_000

/** Waits until nothing is queued or in progress any more. Resolves with false if nothing changes for PATIENCE_SECONDS. */
export async function settle(
  { database }: System,
  signal: AbortSignal,
  onProgress: (message: string) => void,
) {
  const end = performance.now() + MAX_SECONDS * 1000
  let deadline = performance.now() + PATIENCE_SECONDS * 1000
  let before = ''
  let calm = 0
  let toldAt = Number.NEGATIVE_INFINITY
  while (performance.now() < Math.min(deadline, end) && !signal.aborted) {
    const { rows } = await database.query(
      `SELECT (SELECT count(*) FROM outbox)::int AS outbox,
         (SELECT count(*) FROM investigations i LEFT JOIN actions a ON a.investigation_id = i.id
          WHERE i.state IN ('queued', 'running')
             OR (i.state = 'waiting' AND a.state IS DISTINCT FROM 'awaiting-approval'))::int AS moving,
         (SELECT count(*) FROM actions WHERE state IN ('approved', 'executing', 'verifying', 'undoing'))::int AS acting,
         (SELECT count(*) FROM action_steps WHERE finished_at IS NOT NULL)::int AS finished`,
    )
    const { outbox, moving, acting, finished } = rows[0]
    const now = [outbox, moving, acting, finished].join()
    if (now !== before) deadline = performance.now() + PATIENCE_SECONDS * 1000
    before = now
    calm = outbox + moving + acting === 0 ? calm + 1 : 0
    // Five times in a row, because an alert that joined late is investigated a moment later.
    if (calm > 4) return true
    if (calm === 0 && performance.now() - toldAt > TELL_MS) {
      onProgress(`waiting for ${moving} investigations and ${acting} actions`)
      toldAt = performance.now()
    }
    await sleep(1_000, undefined, { signal }).catch(() => undefined)
  }
  return false
}
