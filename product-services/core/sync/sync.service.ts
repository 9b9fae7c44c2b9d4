import { ExpectedError } from '@goalixa/chassis/errors'
import { findReferencedEntity } from '@goalixa/rules/fields/fields'
import type { Tenancy } from '../tenancy/tenancy.ts'
import { applyOps } from './apply-ops.ts'
import { applyServerEdits, type Edit } from './apply-server-edits.ts'
import { correctTimes, isReversed } from './correct-times.ts'
import { limitLoadedText } from './limit-loaded-text.ts'
import { PAGE_LIMITS, type PageLimits } from './page-limits.ts'
import { isWellFormed, parseOp } from './parse-op.ts'
import { type Replica, type ReplicaRow, rowKey, SERVER } from './replica.ts'
import { selectHead } from './select-head.ts'
import { createSyncRepository, type SyncRepository } from './sync.repository.ts'
import type { ArrivingSyncRequest, Op, SyncResponse } from './sync.schema.ts'

type Deps = { tenancy: Tenancy; now: () => number; page?: PageLimits }
type WriteOptions = { expectedRev?: number }

/** Creates the only service that writes data: ops of devices through `sync`, everything else as ops of the server. */
export function createSyncService({ tenancy, now, page = PAGE_LIMITS }: Deps) {
  return {
    /**
     * Runs one exchange with a device: takes its ops and returns changed rows. Protocol: docs/sync-protocol.md. `elapsedMs` is
     * how long the request has taken so far: a slow upload does not make a right clock wrong.
     */
    async sync(userId: string, request: ArrivingSyncRequest, { elapsedMs = 0 } = {}): Promise<SyncResponse> {
      const arrivedMs = now() - elapsedMs
      const isWriting = request.ops.length > 0 || request.withdraws !== undefined
      const run = isWriting ? tenancy.write : tenancy.read
      return run(userId, async client => {
        const repository = createSyncRepository(client, userId)
        const outcome = isWriting
          ? await take(repository, request, arrivedMs)
          : { acks: [], rejects: [], error: null, lastSeq: await repository.lastSeq(request.clientId) }
        const head = await repository.head()
        const { rows, cursor, more } = await repository.changedSince(request.cursor, head, page)
        return {
          attempt: request.attempt,
          ...outcome,
          changes: rows,
          cursor,
          more,
          serverTime: new Date(now()).toISOString(),
        }
      })
    },

    /**
     * Writes edits as the server, all or none, and returns the rows. `prepare` runs under the user's lock and may read
     * the current state. Throws INVALID_EDIT with the field, and STALE_ROW if a row is not at `expectedRev`.
     */
    async write(
      userId: string,
      prepare: (repository: SyncRepository) => Promise<Edit[]>,
      options: WriteOptions = {},
    ): Promise<ReplicaRow[]> {
      return tenancy.write(userId, async client => {
        const repository = createSyncRepository(client, userId)
        const replica = await repository.lock()
        const edits = await prepare(repository)
        await repository.load(
          replica,
          edits.flatMap(edit => [edit.id, ...referencesOf(edit)]),
        )
        assertFresh(
          edits.map(edit => replica.rows.get(rowKey(edit.entity, edit.id))),
          options,
        )
        const nowMs = now()
        const lastSeq = await repository.lastSeq(SERVER)
        const written = applyServerEdits(replica, edits, { lastSeq, nowMs })
        assertAccepted([...written.rejects, ...reversedIn(replica, edits)])
        await repository.loadRunning(replica, nowMs)
        const last = correctTimes(replica, { lastSeq: written.lastSeq, nowMs })
        await repository.save(replica, { [SERVER]: last }, new Date(nowMs))
        return edits.flatMap(edit => replica.rows.get(rowKey(edit.entity, edit.id)) ?? [])
      })
    },

    async head(userId: string): Promise<number> {
      const [row] = await tenancy.readOne<{ seq: string }>(userId, selectHead(userId))
      return Number(row?.seq ?? 0)
    },
  }

  async function take(
    repository: SyncRepository,
    { clientId, ops: arriving, attempt, withdraws, now: deviceMs }: ArrivingSyncRequest,
    arrivedMs: number,
  ) {
    const replica = await repository.lock()
    const ops = await limitLoadedText(repository, arriving.map(parseOp), idsOf)
    const isStale = deviceMs !== undefined && (await repository.recordAttempt(clientId, attempt))
    const lastSeq = await repository.lastSeq(clientId)
    const seqs = [...ops.map(op => op.seq), ...(withdraws === undefined ? [] : [withdraws])]
    const rejectedBefore = await repository.rejectedBefore(clientId, lastSeq, seqs)
    await repository.load(replica, ops.flatMap(idsOf))
    const nowMs = now()
    await repository.loadRunning(replica, nowMs)
    const taken = { clientId, ops, withdraws, lastSeq, rejectedBefore, deviceMs, isStale, arrivedMs, nowMs }
    const outcome = applyOps(replica, taken)
    if (outcome.lastSeq === lastSeq) return outcome
    const serverSeq = await repository.lastSeq(SERVER)
    const lastServerSeq = correctTimes(replica, { lastSeq: serverSeq, nowMs })
    const lastSeqs = {
      [clientId]: outcome.lastSeq,
      ...(lastServerSeq > serverSeq ? { [SERVER]: lastServerSeq } : {}),
    }
    await repository.save(replica, lastSeqs, new Date(nowMs))
    return outcome
  }
}
export type SyncService = ReturnType<typeof createSyncService>

function assertFresh(rows: (ReplicaRow | undefined)[], { expectedRev }: WriteOptions) {
  if (expectedRev === undefined || rows.every(row => row?.rev === expectedRev)) return
  throw new ExpectedError(
    'conflict',
    'STALE_ROW',
    'The row has changed since it was read. Read it again, then repeat the change.',
  )
}

function assertAccepted(rejects: { field: string; reason: string }[]) {
  if (rejects.length === 0) return
  throw new ExpectedError('invalid', 'INVALID_EDIT', 'The change was rejected: some fields are invalid.', {
    fields: rejects.map(({ field, reason }) => ({ field, expected: reason })),
  })
}

function reversedIn({ rows }: Replica, edits: Edit[]) {
  return edits
    .filter(({ fields }) => 'started_at' in fields || 'ended_at' in fields)
    .flatMap(({ entity, id }) => rows.get(rowKey(entity, id)) ?? [])
    .filter(isReversed)
    .map(() => ({ field: 'ended_at', reason: 'a time that is not before started_at' }))
}

function idsOf(op: ReturnType<typeof parseOp>): string[] {
  return isWellFormed(op) ? [op.id, ...referenceOf(op)] : []
}

function referencesOf({ entity, fields }: Edit): string[] {
  return Object.entries(fields).flatMap(([field, value]) => referenceOf({ entity, field, value }))
}

function referenceOf({ entity, field, value }: Pick<Op, 'entity' | 'field' | 'value'>): string[] {
  const isReference = findReferencedEntity(entity, field) !== undefined
  return isReference && typeof value === 'string' && isUuid(value) ? [value] : []
}

function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)
}
