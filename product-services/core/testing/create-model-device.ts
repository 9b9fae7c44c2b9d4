import { tick, witness } from '@goalixa/rules/stamps/hybrid-logical-clock'
import { compareStamps, type Stamp, stampKey } from '@goalixa/rules/stamps/stamp'
import type { Op, SyncRequest, SyncResponse } from '../sync/sync.schema.ts'

type Field = { value: Op['value']; stamp: Stamp }
type Row = Map<string, Field>

const MAX_REQUEST_BYTES = 262_144

/**
 * Creates a device as docs/sync-protocol.md describes it, in memory, for tests of the server. `now` is its own clock,
 * which may be wrong; with `tellsTime` it sends it along. It undoes rejected ops, and corrects its stamps but no times.
 */
export function createModelDevice({
  clientId,
  now,
  tellsTime = false,
}: {
  clientId: string
  now: () => number
  tellsTime?: boolean
}) {
  const rows = new Map<string, Row>()
  const made: { seq: number }[] = []
  let outbox: Op[] = []
  let correctionMs = 0
  let cursor = 0
  let nextSeq = 1
  let attempt = 0
  let isComplete = false
  let clock = { ms: 0, counter: 0 }

  const wallClockMs = () => Math.max(0, now() + correctionMs)
  const isPending = (stamp: Stamp) => outbox.some(op => stampKey(op.stamp) === stampKey(stamp))

  function nextStamp(): Stamp {
    clock = tick(clock, wallClockMs())
    return { ...clock, clientId }
  }

  function see(stamp: Stamp) {
    clock = witness(clock, stamp)
  }

  function ensureRow(id: string): Row {
    const row = rows.get(id) ?? new Map<string, Field>()
    rows.set(id, row)
    return row
  }

  // After the server's clock is known, pending ops get new stamps in order, and so do the bases that refer to them.
  function restamp(serverNow: number) {
    correctionMs += serverNow - wallClockMs()
    clock = { ms: 0, counter: 0 }
    for (const row of rows.values()) for (const { stamp } of row.values()) if (!isPending(stamp)) see(stamp)
    for (const { base } of outbox) if (base && !isPending(base)) see(base)
    const renamed = new Map<string, Stamp>()
    for (const op of outbox) {
      const stamp = nextStamp()
      renamed.set(stampKey(op.stamp), stamp)
      op.stamp = stamp
      op.base = (op.base && renamed.get(stampKey(op.base))) ?? op.base
    }
    for (const row of rows.values())
      for (const field of row.values()) field.stamp = renamed.get(stampKey(field.stamp)) ?? field.stamp
  }

  function takeBatch(limit: number): Op[] {
    let bytes = 0
    const tooMany = outbox.findIndex((op, index) => {
      bytes += Buffer.byteLength(JSON.stringify(op))
      return index > 0 && bytes > MAX_REQUEST_BYTES
    })
    return outbox.slice(0, tooMany === -1 ? limit : Math.min(limit, tooMany))
  }

  // Rejected values must not stay in the replica; a full pull restores those of the server.
  function undo(seqs: number[]) {
    for (const op of outbox.filter(({ seq }) => seqs.includes(seq))) {
      const row = ensureRow(op.id)
      if (stampKey(row.get(op.field)?.stamp) === stampKey(op.stamp)) row.delete(op.field)
      cursor = 0
    }
  }

  return {
    clientId,
    made,
    pending: () => outbox.length,
    isIdle: () => outbox.length === 0 && isComplete,
    field: (id: string, field: string) => rows.get(id)?.get(field),

    edit(id: string, field: string, value: Op['value'], entity: Op['entity'] = 'tasks') {
      const row = ensureRow(id)
      const current = row.get(field)
      if (current && current.value === value) return
      const stamp = nextStamp()
      outbox.push({ seq: nextSeq, entity, id, field, value, stamp, base: current?.stamp ?? null })
      made.push({ seq: nextSeq++ })
      row.set(field, { value, stamp })
    },

    request(limit: number): SyncRequest {
      attempt += 1
      const request = { attempt, clientId, cursor, ops: structuredClone(takeBatch(limit)) }
      return { ...request, ...(tellsTime ? { now: wallClockMs() } : {}), schema: 1 }
    },

    receive({ attempt: answered, acks, rejects, changes, error, ...answer }: SyncResponse) {
      if (answered !== attempt) return
      undo(rejects.map(({ seq }) => seq))
      const wasRewound = rejects.length > 0 && cursor === 0
      outbox = outbox.filter(({ seq }) => !acks.includes(seq))
      if (error?.kind === 'skew' && outbox.some(({ seq }) => seq === error.seq)) restamp(error.now)
      for (const { id, fields } of changes)
        for (const [name, incoming] of Object.entries(fields)) {
          see(incoming.stamp)
          const current = ensureRow(id).get(name)
          if (!current || compareStamps(incoming.stamp, current.stamp) > 0)
            ensureRow(id).set(name, { ...incoming })
        }
      if (!wasRewound) cursor = Math.max(cursor, answer.cursor)
      isComplete = !answer.more && !wasRewound
    },

    /** Returns the whole state as text, equal for equal states. */
    canonical(): string {
      const lines = [...rows].flatMap(([id, row]) =>
        [...row].map(
          ([field, { value, stamp }]) => `${id} ${field} ${JSON.stringify(value)} ${stampKey(stamp)}`,
        ),
      )
      return lines.toSorted().join('\n')
    },
  }
}
export type ModelDevice = ReturnType<typeof createModelDevice>
