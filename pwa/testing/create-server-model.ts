import type { Op, Row, Stamp, SyncRequest, SyncResponse } from '@goalixa/core/sync/sync.schema'
import { compareStamps, stampKey } from '@goalixa/rules/stamps/stamp'
import { rowKey } from '../sync/replica.ts'

/** The milliseconds that a stamp may be ahead of the server's clock. */
export const ALLOWED_SKEW_MS = 120_000

/** Faults that can be injected into the model, to prove that the invariants detect them. */
export type ServerFault = 'no-dedup' | 'no-skew-check' | 'no-journal' | 'cursor-holes' | 'whole-row'

type Options = {
  now: () => number
  pageSize?: number
  fault?: ServerFault | undefined
  /** Returns why an op cannot be applied, or undefined if it can. */
  findRejection?: (op: Op) => { code: string; reason: string } | undefined
  /** Returns the author's other fields at the time of an op; only the fault `whole-row` uses them. */
  snapshotOf?: (clientId: string, op: Op) => Record<string, Op['value']>
}

/** Creates a model of the server side of the sync protocol, for one user and in memory: an executable specification. */
export function createServerModel({ now, pageSize = 500, fault, findRejection, snapshotOf }: Options) {
  const rows = new Map<string, Row>()
  const lastSeq = new Map<string, number>()
  const log: { clientId: string; at: number; op: Op }[] = []
  const conflicts: { id: string; field: string; lost: Stamp }[] = []
  const withheld: { row: Row; rev: number }[] = []
  const rejected = new Map<string, SyncResponse['rejects'][number]>()
  let head = 0

  function sync({ attempt, clientId, cursor, ops }: SyncRequest): SyncResponse {
    for (const { row, rev } of withheld.splice(0)) row.rev = rev
    const acks: number[] = []
    const rejects: SyncResponse['rejects'] = []
    let error: SyncResponse['error'] = null
    for (const op of ops) {
      const last = lastSeq.get(clientId) ?? 0
      if (fault !== 'no-dedup' && op.seq <= last) {
        acks.push(op.seq)
        rejects.push(...[rejected.get(`${clientId}:${op.seq}`) ?? []].flat())
        continue
      }
      error = stopAt(op, last)
      if (error !== null) break
      lastSeq.set(clientId, Math.max(last, op.seq))
      acks.push(op.seq)
      const rejection = findRejection?.(op)
      if (rejection === undefined) take(clientId, op)
      else reject(clientId, { seq: op.seq, ...rejection })
    }
    return { attempt, acks, rejects, error, ...pageAfter(cursor), ...footer(clientId) }

    function reject(clientId: string, rejection: SyncResponse['rejects'][number]) {
      rejected.set(`${clientId}:${rejection.seq}`, rejection)
      rejects.push(rejection)
    }
  }

  function stopAt(op: Op, last: number): SyncResponse['error'] {
    if (fault !== 'no-dedup' && op.seq > last + 1) return { kind: 'gap', expected: last + 1 }
    const isAhead = op.stamp.ms > now() + ALLOWED_SKEW_MS
    return isAhead && fault !== 'no-skew-check' ? { kind: 'skew', seq: op.seq, now: now() } : null
  }

  function take(clientId: string, op: Op) {
    log.push({ clientId, at: now(), op })
    const key = rowKey(op)
    const row = rows.get(key) ?? { entity: op.entity, id: op.id, rev: 0, fields: {} }
    rows.set(key, row)
    const current = row.fields[op.field]
    const wins = current === undefined || compareStamps(op.stamp, current.stamp) > 0
    if (current !== undefined && fault !== 'no-journal') {
      const isConcurrent = op.base === null || stampKey(current.stamp) !== stampKey(op.base)
      const lost = wins ? current.stamp : op.stamp
      if (isConcurrent && current.value !== op.value) conflicts.push({ id: op.id, field: op.field, lost })
    }
    if (wins) write(clientId, op, row)
  }

  function write(clientId: string, op: Op, row: Row) {
    if (fault === 'whole-row') overwriteOthers(snapshotOf?.(clientId, op) ?? {}, op, row)
    row.fields[op.field] = { value: op.value, stamp: op.stamp }
    head += 1
    const isHole = fault === 'cursor-holes' && head % 3 === 0
    row.rev = isHole ? 0 : head
    if (isHole) withheld.push({ row, rev: head })
  }

  function pageAfter(cursor: number) {
    const newer = [...rows.values()].filter(row => row.rev > cursor).sort((a, b) => a.rev - b.rev)
    const changes = structuredClone(newer.slice(0, pageSize))
    const more = newer.length > pageSize
    return { changes, more, cursor: more ? (changes.at(-1)?.rev ?? head) : head }
  }

  function footer(clientId: string) {
    return { lastSeq: lastSeq.get(clientId) ?? 0, serverTime: new Date(now()).toISOString() }
  }

  return { sync, rows, log, conflicts, lastSeq }
}
export type ServerModel = ReturnType<typeof createServerModel>

function overwriteOthers(snapshot: Record<string, Op['value']>, op: Op, row: Row) {
  for (const [field, current] of Object.entries(row.fields)) {
    const seen = snapshot[field]
    if (field === op.field || seen === undefined || compareStamps(op.stamp, current.stamp) <= 0) continue
    row.fields[field] = { value: seen, stamp: op.stamp }
  }
}
