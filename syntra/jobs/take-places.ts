import type { Pool } from '@goalixa/chassis/postgres'
import { type QueuePlace, type Urgency, urgencyClass } from './queue-place.ts'

type Waiting = Urgency & { id: string; isQueued: boolean; flow: string; class: number | null; round: number }
type Wanted = { id: string; class: number; flow: string; position: number }

/**
 * Gives each of these investigations its place in the queue and resolves with the places by id. Within a class, namespaces take
 * turns (start-time fair queueing): the n-th waiting investigation of a namespace has the n-th round, counted from the round
 * that is being served, so that a namespace with hundreds of investigations delays another namespace's first one by a single place. A
 * person's questions take turns per person, and a storm is a flow of its own. A place is kept until the investigation becomes more urgent.
 */
export async function takePlaces(pool: Pool, ids: string[]): Promise<Map<string, QueuePlace>> {
  const waiting = await readWaiting(pool, ids)
  const places = new Map<string, QueuePlace>()
  const wanted: Omit<Wanted, 'position'>[] = []
  for (const row of waiting) {
    const urgency = urgencyClass(row)
    if (row.class !== null && row.class <= urgency) places.set(row.id, { class: row.class, round: row.round })
    // An investigation that has already started, and lost its worker, is first in its class.
    else if (!row.isQueued) places.set(row.id, { class: urgency, round: 0 })
    else wanted.push({ id: row.id, class: urgency, flow: row.flow })
  }
  for (const { id, ...place } of await insertPlaces(pool, withPositions(wanted))) places.set(id, place)
  return places
}

async function readWaiting(pool: Pool, ids: string[]): Promise<Waiting[]> {
  const { rows } = await pool.query<Waiting>(
    `SELECT i.id, i.state = 'queued' AS "isQueued", i.queue_class AS class, i.queue_round AS round, n.severity,
            i.request IS NOT NULL AS "isRequest",
            CASE WHEN n.storm_label IS NOT NULL THEN 'storm/' || n.id
                 WHEN i.request IS NULL THEN 'namespace/' || left(coalesce(n.namespace, ''), 253) ELSE 'person/' || left(i.requested_by, 253) END AS flow,
            EXISTS (SELECT FROM alerts a WHERE a.incident_id = n.id AND a.labels->>'tier' = 'A') AS "isTierA"
     FROM investigations i JOIN incidents n ON n.id = i.incident_id
     WHERE i.id = ANY($1) ORDER BY i.created_at, i.id`,
    [ids],
  )
  return rows
}

// In order of arrival, each behind the earlier ones of its own flow.
function withPositions(wanted: Omit<Wanted, 'position'>[]): Wanted[] {
  const counts = new Map<string, number>()
  return wanted.map(place => {
    const turn = `${place.class} ${place.flow}`
    const position = counts.get(turn) ?? 0
    counts.set(turn, position + 1)
    return { ...place, position }
  })
}

// Two relays at the same time may assign one round twice: then two investigations of one namespace are served in a row, and nothing worse happens.
async function insertPlaces(pool: Pool, wanted: Wanted[]): Promise<(QueuePlace & { id: string })[]> {
  if (wanted.length === 0) return []
  const { rows } = await pool.query<QueuePlace & { id: string }>(
    `WITH wanted AS (
       SELECT * FROM jsonb_to_recordset($1) AS place(id uuid, class smallint, flow text, position int)
     ), served AS (
       SELECT class, coalesce((SELECT min(queue_round) FROM investigations
                               WHERE state = 'queued' AND queue_class = class), 0) AS round
       FROM (SELECT DISTINCT class FROM wanted) classes
     ), last AS (
       SELECT class, flow, coalesce((SELECT max(queue_round) + 1 FROM investigations
                                     WHERE state = 'queued' AND queue_class = class AND queue_flow = flow), 0) AS round
       FROM (SELECT DISTINCT class, flow FROM wanted) flows
     )
     UPDATE investigations i SET queue_class = wanted.class, queue_flow = wanted.flow,
       queue_round = greatest(served.round, last.round) + wanted.position
     FROM wanted JOIN served USING (class) JOIN last USING (class, flow)
     WHERE i.id = wanted.id
     RETURNING i.id, i.queue_class AS class, i.queue_round AS round`,
    [JSON.stringify(wanted)],
  )
  return rows
}
