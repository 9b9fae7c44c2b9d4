import { ExpectedError } from '@goalixa/chassis/errors'
import { v7 as uuidv7 } from 'uuid'
import { TimeEntry } from '../entities/entities.schema.ts'
import { toShown } from '../entities/entities.service.ts'
import type { HeldRow } from '../sync/replica.ts'
import { createSyncRepository } from '../sync/sync.repository.ts'
import type { Op } from '../sync/sync.schema.ts'
import type { SyncService } from '../sync/sync.service.ts'
import type { Tenancy } from '../tenancy/tenancy.ts'

type Deps = { tenancy: Tenancy; sync: SyncService; now: () => number }

/** One running time entry at most. It runs until a person stops it or starts the next. */
export function createTimerService({ tenancy, sync, now }: Deps) {
  return {
    async current(userId: string): Promise<TimeEntry | null> {
      const row = await tenancy.read(userId, client => createSyncRepository(client, userId).running())
      return toEntry(row)
    },

    async start(userId: string, fields: Record<string, Op['value']>): Promise<TimeEntry | null> {
      const id = uuidv7()
      const started = { task_id: null, note: '', ...fields, started_at: new Date(now()).toISOString() }
      const [row] = await sync.write(userId, async () => [{ entity: 'time_entries', id, fields: started }])
      return toEntry(row)
    },

    /** Throws NO_RUNNING_TIMER. */
    async stop(userId: string): Promise<TimeEntry | null> {
      const ended = { ended_at: new Date(now()).toISOString() }
      const [row] = await sync.write(userId, async repository => {
        const running = await repository.running()
        if (!running) throw new ExpectedError('conflict', 'NO_RUNNING_TIMER', 'No timer is running.')
        return [{ entity: 'time_entries', id: running.id, fields: ended }]
      })
      return toEntry(row)
    },
  }
}
export type TimerService = ReturnType<typeof createTimerService>

function toEntry(row: HeldRow | undefined): TimeEntry | null {
  return row ? TimeEntry.parse(toShown(row)) : null
}
