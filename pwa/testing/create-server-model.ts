import { type Op, type Row, type Stamp, SyncRequest, type SyncResponse } from '@goalixa/core/sync/sync.schema'
import { isDerived, isDerivedFrom } from '@goalixa/rules/stamps/derived-stamp'
import { MAX_SKEW_MS } from '@goalixa/rules/stamps/max-skew'
import { compareStamps, stampKey } from '@goalixa/rules/stamps/stamp'
import { rowKey } from '../sync/replica.ts'
import { correctModelTimes } from './correct-model-times.ts'

/** Faults that can be injected into the model, to prove that the invariants detect them. */
export type ServerFault =
  | 'no-dedup'
  | 'no-skew-check'
  | 'skew-checked-one-way'
  | 'own-stamps-refused'
  | 'late-requests'
  | 'timers-closed-in-future'
  | 'no-journal'
  | 'cursor-holes'
  | 'whole-row'

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
  const lastAttempt = new Map<string, number>()
  const log: { clientId: string; at: number; op: Op }[] = []
  const conflicts: { id: string; field: string; lost: Stamp }[] = []
  const derived: Pick<Op, 'entity' | 'id' | 'field' | 'value' | 'stamp'>[] = []
  const withheld: { row: Row; rev: number }[] = []
  const rejected = new Map<string, SyncResponse['rejects'][number]>()
  let head = 0
  let newestStampMs = 0

  function sync(request: SyncRequest): SyncResponse {
    const response = exchange(SyncRequest.parse(request))
    for (const row of rows.values()) checkTimes(row)
    return response
  }

  // What every client may rely on.
  function checkTimes({ fields: { started_at: start, ended_at: end } }: Row) {
    const isFuture = [start, end].some(
      time => typeof time?.value === 'string' && Date.parse(time.value) > now(),
    )
    if (isFuture) throw new Error('TIME_IN_FUTURE: an entry starts or ends in the future')
    if (typeof start?.value === 'string' && typeof end?.value === 'string' && end.value < start.value)
      throw new Error('TIME_REVERSED: an entry ends before it starts')
  }

  function exchange({ attempt, clientId, cursor, ops, withdraws, now: deviceMs }: SyncRequest): SyncResponse {
    for (const { row, rev } of withheld.splice(0)) row.rev = rev
    const acks: number[] = []
    const rejects: SyncResponse['rejects'] = []
    const changed = new Set<Row>()
    let error: SyncResponse['error'] = isStale(
      clientId,
      attempt,
      deviceMs,
      ops.length > 0 || withdraws !== undefined,
    )
      ? { kind: 'stale' }
      : null
    if (error === null && withdraws !== undefined && withdraws <= (lastSeq.get(clientId) ?? 0))
      repeat(withdraws)
    for (const op of error === null ? ops : []) {
      const last = lastSeq.get(clientId) ?? 0
      if (fault !== 'no-dedup' && op.seq <= last) {
        repeat(op.seq)
        continue
      }
      error = stopAt(op, last, deviceMs)
      if (error !== null) break
      lastSeq.set(clientId, Math.max(last, op.seq))
      acks.push(op.seq)
      const rejection = findRejection?.(op) ?? findFutureTime(op)
      if (rejection === undefined) changed.add(take(clientId, op))
      else reject(clientId, { seq: op.seq, ...rejection })
    }
    correctModelTimes(
      { rows: rows.values(), changed },
      {
        nowMs: now(),
        closesInFuture: fault === 'timers-closed-in-future',
        write(row, field, value, stamp) {
          derived.push({ entity: row.entity, id: row.id, field, value, stamp })
          setField(row, field, { value, stamp })
        },
      },
    )
    return { attempt, acks, rejects, error, ...pageAfter(cursor), ...footer(clientId) }

    function repeat(seq: number) {
      acks.push(seq)
      rejects.push(...[rejected.get(`${clientId}:${seq}`) ?? []].flat())
    }

    function reject(clientId: string, rejection: SyncResponse['rejects'][number]) {
      rejected.set(`${clientId}:${rejection.seq}`, rejection)
      rejects.push(rejection)
    }
  }

  // Requests without a clock are those of simple clients, which do not count on older ones being void.
  function isStale(clientId: string, attempt: number, deviceMs: number | undefined, isVoiding: boolean) {
    if (deviceMs === undefined || !isVoiding || fault === 'late-requests') return false
    const newest = lastAttempt.get(clientId) ?? 0
    lastAttempt.set(clientId, Math.max(newest, attempt))
    return attempt < newest
  }

  function stopAt(op: Op, last: number, deviceMs = now()): SyncResponse['error'] {
    if (fault !== 'no-dedup' && op.seq > last + 1) return { kind: 'gap', expected: last + 1 }
    const latestMs = Math.max(now() + MAX_SKEW_MS, fault === 'own-stamps-refused' ? 0 : newestStampMs)
    const isAhead = op.stamp.ms > latestMs || deviceMs > now() + MAX_SKEW_MS
    const isBehind = deviceMs < now() - MAX_SKEW_MS && fault !== 'skew-checked-one-way'
    return (isAhead || isBehind) && fault !== 'no-skew-check'
      ? { kind: 'skew', seq: op.seq, now: now() }
      : null
  }

  function findFutureTime({ field, value }: Op) {
    const isInstant = ['started_at', 'ended_at', 'completed_at'].includes(field) && typeof value === 'string'
    const isFuture = isInstant && Date.parse(value) > now() + MAX_SKEW_MS
    if (!isFuture || fault === 'timers-closed-in-future') return undefined
    return { code: 'IN_THE_FUTURE', reason: 'a time that is not in the future' }
  }

  function take(clientId: string, op: Op): Row {
    log.push({ clientId, at: now(), op })
    newestStampMs = Math.max(newestStampMs, op.stamp.ms)
    const key = rowKey(op)
    const row = rows.get(key) ?? { entity: op.entity, id: op.id, rev: 0, fields: {} }
    rows.set(key, row)
    const current = row.fields[op.field]
    const wins = current === undefined || compareStamps(op.stamp, current.stamp) > 0
    if (current !== undefined && fault !== 'no-journal') {
      const seen = op.base ?? row.fields.started_at?.stamp
      const isCorrected = wins && seen !== undefined && isDerivedFrom(current.stamp, seen)
      const isConcurrent = !isCorrected && (op.base === null || stampKey(current.stamp) !== stampKey(op.base))
      const lost = wins ? current.stamp : op.stamp
      if (isConcurrent && (isDerived(current.stamp) || current.value !== op.value))
        conflicts.push({ id: op.id, field: op.field, lost })
    }
    if (wins) write(clientId, op, row)
    return row
  }

  function write(clientId: string, op: Op, row: Row) {
    if (fault === 'whole-row') overwriteOthers(snapshotOf?.(clientId, op) ?? {}, op, row)
    setField(row, op.field, { value: op.value, stamp: op.stamp })
  }

  function setField(row: Row, name: string, field: Row['fields'][string]) {
    row.fields[name] = field
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

  return { sync, rows, log, derived, conflicts, lastSeq }
}
export type ServerModel = ReturnType<typeof createServerModel>

function overwriteOthers(snapshot: Record<string, Op['value']>, op: Op, row: Row) {
  for (const [field, current] of Object.entries(row.fields)) {
    const seen = snapshot[field]
    if (field === op.field || seen === undefined || compareStamps(op.stamp, current.stamp) <= 0) continue
    row.fields[field] = { value: seen, stamp: op.stamp }
  }
}
