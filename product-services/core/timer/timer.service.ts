import { ExpectedError } from '@goalixa/chassis/errors'
import { v7 as uuidv7 } from 'uuid'
import { TimeEntry } from '../entities/entities.schema.ts'
import { toResource } from '../entities/entities.service.ts'
import type { ReplicaRow } from '../sync/replica.ts'
import { createSyncRepository } from '../sync/sync.repository.ts'
import type { Op } from '../sync/sync.schema.ts'
import type { SyncService } from '../sync/sync.service.ts'
import type { Tenancy } from '../tenancy/tenancy.ts'

type Deps = { tenancy: Tenancy; sync: SyncService; now: () => number }

/** Creates the timer: at most one running time entry, which runs until the person stops it or starts the next one. */
export function createTimerService({ tenancy, sync, now }: Deps) {
  return {
    async current(userId: string): Promise<TimeEntry | null> {
      const row = await tenancy.read(userId, client => createSyncRepository(client, userId).running(now()))
      return toEntry(row)
    },

    async start(userId: string, fields: Record<string, Op['value']>): Promise<TimeEntry | null> {
      const id = uuidv7()
      const started = { task_id: null, note: '', ...fields, started_at: new Date(now()).toISOString() }
      const [row] = await sync.write(userId, async () => [{ entity: 'time_entries', id, fields: started }])
      return toEntry(row)
    },

    /** Stops the running timer. Throws NO_RUNNING_TIMER if there is none. */
    async stop(userId: string): Promise<TimeEntry | null> {
      const nowMs = now()
      const ended = { ended_at: new Date(nowMs).toISOString() }
      const [row] = await sync.write(userId, async repository => {
        const running = await repository.running(nowMs)
        if (!running) throw new ExpectedError('conflict', 'NO_RUNNING_TIMER', 'No timer is running.')
        return [{ entity: 'time_entries', id: running.id, fields: ended }]
      })
      return toEntry(row)
    },
  }
}
export type TimerService = ReturnType<typeof createTimerService>

function toEntry(row: ReplicaRow | undefined): TimeEntry | null {
  return row ? TimeEntry.parse(toResource(row)) : null
}
