import { ExpectedError } from '@goalixa/chassis/errors'
import type { Tenancy } from '../tenancy/tenancy.ts'
import { applyOps } from './apply-ops.ts'
import { closeOlderTimers } from './close-older-timers.ts'
import { type Edit, editAsServer, SERVER } from './edit-as-server.ts'
import { REFERENCES } from './fields.schema.ts'
import { type HeldRow, rowKey } from './replica.ts'
import { selectHead } from './select-head.ts'
import { createSyncRepository, type SyncRepository } from './sync.repository.ts'
import type { Entity, Op, SyncRequest, SyncResponse } from './sync.schema.ts'

type Deps = { tenancy: Tenancy; now: () => number; pageRows?: number }
type WriteOptions = { expectedRev?: number }

/** The one way data is written: ops of devices through `sync`, and everything else as ops of the server. */
export function createSyncService({ tenancy, now, pageRows = 1_000 }: Deps) {
  return {
    /** One exchange with a device: takes its ops, gives it what changed. Protocol: ../shared/product.md §6. */
    async sync(userId: string, request: SyncRequest): Promise<SyncResponse> {
      const run = request.ops.length > 0 ? tenancy.write : tenancy.read
      return run(userId, async client => {
        const repository = createSyncRepository(client, userId)
        const outcome =
          request.ops.length > 0
            ? await take(repository, request)
            : { acks: [], rejects: [], error: null, lastSeq: await repository.lastSeq(request.clientId) }
        const head = await repository.head()
        const found = await repository.changedSince(request.cursor, head, pageRows + 1)
        const more = found.length > pageRows
        const changes = found.slice(0, pageRows)
        return {
          attempt: request.attempt,
          ...outcome,
          changes,
          cursor: more ? (changes.at(-1)?.rev ?? head) : head,
          more,
          serverTime: new Date(now()).toISOString(),
        }
      })
    },

    /**
     * Writes edits as the server, all or none, and returns the rows. `prepare` runs under the user's lock and may look
     * at what is there. Throws INVALID_EDIT with the field, and STALE_ROW if a row is not at `expectedRev`.
     */
    async write(
      userId: string,
      prepare: (repository: SyncRepository) => Promise<Edit[]>,
      options: WriteOptions = {},
    ): Promise<HeldRow[]> {
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
        const written = editAsServer(replica, edits, { lastSeq, nowMs })
        assertAccepted(written.rejects)
        await repository.loadRunning(replica)
        const last = closeOlderTimers(replica, written.lastSeq)
        await repository.save(replica, { [SERVER]: last }, new Date(nowMs))
        return edits.flatMap(edit => replica.rows.get(rowKey(edit.entity, edit.id)) ?? [])
      })
    },

    async head(userId: string): Promise<number> {
      const [row] = await tenancy.readOne<{ seq: string }>(userId, selectHead(userId))
      return Number(row?.seq ?? 0)
    },
  }

  async function take(repository: SyncRepository, { clientId, ops }: SyncRequest) {
    const replica = await repository.lock()
    const lastSeq = await repository.lastSeq(clientId)
    const seqs = ops.map(op => op.seq)
    const rejectedBefore = await repository.rejectedBefore(clientId, lastSeq, seqs)
    await repository.load(
      replica,
      ops.flatMap(op => [op.id, ...referenceOf(op)]),
    )
    await repository.loadRunning(replica)
    const nowMs = now()
    const outcome = applyOps(replica, { clientId, ops, lastSeq, rejectedBefore, nowMs })
    if (outcome.lastSeq === lastSeq) return outcome
    const serverSeq = await repository.lastSeq(SERVER)
    const lastServerSeq = closeOlderTimers(replica, serverSeq)
    const lastSeqs = {
      [clientId]: outcome.lastSeq,
      ...(lastServerSeq > serverSeq ? { [SERVER]: lastServerSeq } : {}),
    }
    await repository.save(replica, lastSeqs, new Date(nowMs))
    return outcome
  }
}
export type SyncService = ReturnType<typeof createSyncService>

function assertFresh(rows: (HeldRow | undefined)[], { expectedRev }: WriteOptions) {
  if (expectedRev === undefined || rows.every(row => row?.rev === expectedRev)) return
  throw new ExpectedError('conflict', 'STALE_ROW', 'The row has changed since you read it.')
}

function assertAccepted(rejects: { field: string; reason: string }[]) {
  if (rejects.length === 0) return
  throw new ExpectedError('invalid', 'INVALID_EDIT', 'Some fields can not be written.', {
    fields: rejects.map(({ field, reason }) => ({ field, expected: reason })),
  })
}

function referencesOf({ entity, fields }: Edit): string[] {
  return Object.entries(fields).flatMap(([field, value]) => referenceOf({ entity, field, value }))
}

function referenceOf({ entity, field, value }: Pick<Op, 'entity' | 'field' | 'value'>): string[] {
  const references: Record<string, Entity> = REFERENCES[entity]
  return references[field] !== undefined && typeof value === 'string' && isUuid(value) ? [value] : []
}

function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)
}
