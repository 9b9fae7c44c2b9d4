import type { Pool } from '@goalixa/chassis/postgres'
import { elapsedBetween, type ReadClocks, readClocks } from './observation-clock.ts'

const REFRESH_MS = 1_000
// Half of it is the error of what was read.
const MAX_ROUND_TRIP_MS = 1_000

/**
 * The clock of Syntra's processes is the database's: what one of them stores is compared by others, whose machines may be a
 * day off. Between two readings it advances by what all clocks of the process agree on, so that none that jumps takes it along: it may be
 * late for a moment, and never expires anything early.
 */
export async function createDatabaseClock(pool: Pool, clocks: ReadClocks = readClocks) {
  let last = await ask()
  const timer = setInterval(() => {
    // While the database does not answer, the last reading serves.
    read().catch(() => {})
  }, REFRESH_MS).unref()

  return {
    now,
    /** Asks the database. For decisions that cannot be taken back, because the process may have been stopped since the last reading. */
    read,
    stop: () => clearInterval(timer),
  }

  function now(): Date {
    return new Date(last.databaseMs + elapsedBetween(last.readings, clocks()).observedMs)
  }

  async function read(): Promise<Date> {
    last = await ask()
    return now()
  }

  async function ask() {
    for (let attempt = 1; ; attempt++) {
      const asked = clocks()
      const { rows } = await pool.query<{ now: Date }>('SELECT clock_timestamp() AS now')
      const readings = clocks()
      const roundTripMs = elapsedBetween(asked, readings).longestMs
      if (rows[0] && (roundTripMs <= MAX_ROUND_TRIP_MS || attempt === 3))
        return { databaseMs: rows[0].now.getTime() + Math.min(roundTripMs, MAX_ROUND_TRIP_MS) / 2, readings }
    }
  }
}
export type DatabaseClock = Awaited<ReturnType<typeof createDatabaseClock>>

/** A clock of the caller's own, for tests. */
export function clockOf(now: () => Date): DatabaseClock {
  return { now, read: async () => now(), stop: () => {} }
}
