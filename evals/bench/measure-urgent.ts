import { setTimeout as wait } from 'node:timers/promises'
import type { Pool } from '@goalixa/chassis/postgres'

type Options = {
  pool: Pool
  /** The name of this series of samples, from which its services are named. */
  name: string
  samples: number
  apiUrl: string
  operatorKey: string
  deliver: (body: unknown) => Promise<void>
}
type Row = { id: string; digest: string; state: string; verdictMs: number; startMs: number | null }

const TIMEOUT_MS = 300_000
const POLL_MS = 20

/**
 * Delivers critical alerts one after another, approves what is proposed for each, and returns the medians of the time from the alert
 * to its last verdict and of the time from the approval to the start of the action, both by the database's clock.
 */
export async function measureUrgent({ pool, name, samples, apiUrl, operatorKey, deliver }: Options) {
  const rows: Row[] = []
  for (let index = 0; index < samples; index++) {
    const service = `${name}-${index}`
    await deliver(buildCritical(service))
    const { id, digest } = await untilAction(service, () => true)
    await approve(id, digest)
    // Until it has ended, because the next proposal rests on the state that it leaves.
    rows.push(
      await untilAction(
        service,
        ({ state, startMs }) => startMs !== null && !['executing', 'verifying'].includes(state),
      ),
    )
  }
  return {
    verdictMs: median(rows.map(row => row.verdictMs)),
    startMs: median(rows.map(row => row.startMs ?? Infinity)),
  }

  async function untilAction(service: string, isReached: (row: Row) => boolean): Promise<Row> {
    const deadline = performance.now() + TIMEOUT_MS
    for (;;) {
      const { rows } = await pool.query<Row>(
        `SELECT a.id, a.state_digest AS digest, a.state,
                extract(epoch FROM i.verdict_at - i.created_at)::float * 1000 AS "verdictMs",
                extract(epoch FROM a.executed_at - a.decided_at)::float * 1000 AS "startMs"
         FROM incidents n JOIN investigations i ON i.incident_id = n.id JOIN actions a ON a.investigation_id = i.id
         WHERE n.service = $1`,
        [service],
      )
      if (rows[0] && isReached(rows[0])) return rows[0]
      if (performance.now() > deadline)
        throw new Error(
          `No action for ${service} got that far in ${TIMEOUT_MS / 60_000} minutes: ${JSON.stringify(rows)}`,
        )
      await wait(POLL_MS)
    }
  }

  async function approve(id: string, stateDigest: string) {
    const response = await fetch(`${apiUrl}/v1/actions/${id}/decision`, {
      method: 'POST',
      headers: { authorization: `Bearer ${operatorKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ decision: 'approve', stateDigest }),
    })
    if (!response.ok)
      throw new Error(`The approval was answered ${response.status}: ${await response.text()}`)
  }
}

function buildCritical(service: string) {
  return {
    version: '4',
    status: 'firing',
    receiver: 'syntra',
    alerts: [
      {
        status: 'firing',
        labels: { alertname: 'HighErrorRate', namespace: `urgent-${service}`, service, severity: 'critical' },
        annotations: {},
        startsAt: new Date().toISOString(),
        endsAt: '0001-01-01T00:00:00Z',
        fingerprint: service,
      },
    ],
  }
}

function median(values: number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Infinity
}
