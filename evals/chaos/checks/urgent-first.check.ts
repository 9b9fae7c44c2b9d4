import type { RecordedRequest } from '../system/create-target-proxy.ts'
import type { Case, Check } from './check.ts'

/** Twice as many investigations as the workers of a run work on at a time: those may overtake an action while it is being started. */
const MIN_OVERTAKING = 24
/** The fraction of the queue that may overtake an action, as when the worker that had taken its job is killed. */
const SHARE = 0.5

export const urgentFirst: Check = {
  name: 'urgent-first',
  promise:
    'work on an approved action begins before most of the trivial investigations that were queued at that time',
  async run({ system: { database, requests }, cases }) {
    const { rows } = await database.query(
      `SELECT i.created_at AS "queuedAt", i.started_at AS "startedAt" FROM investigations i
       JOIN incidents n ON n.id = i.incident_id WHERE n.severity = 'warning' AND i.started_at IS NOT NULL`,
    )
    const judged = cases.flatMap(each => {
      const approvedAt = each.transitions.find(({ to }) => to === 'approved')?.at.getTime()
      if (approvedAt === undefined) return []
      const begunAt = beginOf(each, approvedAt, requests)
      const queued = rows.filter(
        ({ queuedAt, startedAt }) => queuedAt.getTime() <= approvedAt && startedAt.getTime() > approvedAt,
      )
      const overtaking = queued.filter(({ startedAt }) => startedAt.getTime() < begunAt)
      return queued.length < MIN_OVERTAKING
        ? []
        : [{ ...each, queued, overtaking, seconds: (begunAt - approvedAt) / 1000 }]
    })
    return {
      checked: judged.length,
      violations: judged
        .filter(
          ({ queued, overtaking }) =>
            overtaking.length >= MIN_OVERTAKING && overtaking.length > queued.length * SHARE,
        )
        .map(({ service, action, queued, overtaking, seconds }) => ({
          id: action.id,
          message: `work on ${service.name} began ${seconds.toFixed(1)} s after its approval, after ${overtaking.length} of the ${queued.length} trivial investigations that were queued at that time`,
          lookAt: `SELECT * FROM action_transitions WHERE action_id = '${action.id}' ORDER BY id`,
        })),
    }
  },
}

/**
 * When a worker first reads the target of an approved action, or the action leaves its state, in milliseconds; never for one that waits.
 * What a target needs to answer is not time in the queue.
 */
function beginOf({ service, transitions }: Case, approvedAt: number, requests: RecordedRequest[]): number {
  const reads = requests
    .filter(({ path }) => path.split(/[/?]/).includes(service.name))
    .map(({ receivedAt }) => Date.parse(receivedAt))
  const after = transitions.slice(transitions.findIndex(({ to }) => to === 'approved') + 1)
  return Math.min(...[...reads, ...after.map(({ at }) => at.getTime())].filter(at => at > approvedAt))
}
