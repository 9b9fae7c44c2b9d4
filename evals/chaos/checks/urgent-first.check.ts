import type { Check } from './check.ts'

/** Below this median wait there is no queue to speak of. */
const LEAST_QUEUE_SECONDS = 4
/** With fewer investigations waiting there is no queue either: an outage makes everything wait. */
const LEAST_BESIDE = 8
/** An approved action starts within this fraction of the median wait of the trivial investigations queued at that time. */
const SHARE = 0.5

export const urgentFirst: Check = {
  name: 'urgent-first',
  promise: 'an approved action starts long before the trivial investigations that were queued at that time',
  async run({ system: { database }, cases }) {
    const { rows } = await database.query(
      `SELECT i.created_at AS "queuedAt", i.started_at AS "startedAt" FROM investigations i
       JOIN incidents n ON n.id = i.incident_id WHERE n.severity = 'warning' AND i.started_at IS NOT NULL`,
    )
    const waits = rows.map(({ queuedAt, startedAt }) => ({
      from: queuedAt.getTime(),
      to: startedAt.getTime(),
    }))
    const violations = cases.flatMap(({ service, action, transitions }) => {
      const approvedAt = transitions.find(({ to }) => to === 'approved')?.at.getTime()
      const startedAt = transitions.find(({ to }) => to === 'executing')?.at.getTime()
      if (approvedAt === undefined || startedAt === undefined) return []
      const seconds = (startedAt - approvedAt) / 1000
      const beside = waits.filter(({ from, to }) => from <= approvedAt && to > approvedAt)
      const queue = median(beside.map(({ from, to }) => (to - from) / 1000))
      if (beside.length < LEAST_BESIDE || queue < LEAST_QUEUE_SECONDS || seconds <= queue * SHARE) return []
      return [
        {
          id: action.id,
          message: `${service.name} was started ${seconds.toFixed(1)} s after its approval; ${beside.length} trivial investigations beside it waited ${queue.toFixed(1)} s (median)`,
          lookAt: `SELECT * FROM action_transitions WHERE action_id = '${action.id}' ORDER BY id`,
        },
      ]
    })
    return { checked: cases.length, violations }
  },
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
