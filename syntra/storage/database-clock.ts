import type { Pool } from '@goalixa/chassis/postgres'

const REFRESH_MS = 1_000
// Half of it is the error of what was read.
const MAX_ROUND_TRIP_MS = 1_000

/**
 * The clock of Syntra's processes is the database's: what one of them stores is compared by others, whose machines may be a
 * day off. Between two readings it advances with the process' monotonic clock.
 */
export async function createDatabaseClock(pool: Pool) {
  let offsetMs = await readOffset()
  const timer = setInterval(() => {
    // While the database does not answer, the last reading serves.
    read().catch(() => {})
  }, REFRESH_MS).unref()

  return {
    now: () => new Date(offsetMs + performance.now()),
    /** Asks the database. For decisions that cannot be taken back, because the process may have been stopped since the last reading. */
    read,
    stop: () => clearInterval(timer),
  }

  async function read(): Promise<Date> {
    offsetMs = await readOffset()
    return new Date(offsetMs + performance.now())
  }

  async function readOffset(): Promise<number> {
    for (let attempt = 1; ; attempt++) {
      const asked = performance.now()
      const { rows } = await pool.query<{ now: Date }>('SELECT clock_timestamp() AS now')
      const roundTripMs = performance.now() - asked
      if (rows[0] && (roundTripMs <= MAX_ROUND_TRIP_MS || attempt === 3))
        return rows[0].now.getTime() - asked - roundTripMs / 2
    }
  }
}
export type DatabaseClock = Awaited<ReturnType<typeof createDatabaseClock>>

/** A clock of the caller's own, for tests. */
export function clockOf(now: () => Date): DatabaseClock {
  return { now, read: async () => now(), stop: () => {} }
}
