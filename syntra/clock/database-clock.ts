import type { Pool } from '@goalixa/chassis/postgres'
import { elapsedBetween, type ReadClocks, readClocks } from './observation-clock.ts'

const REFRESH_MS = 1_000
// Half of the round trip is the error of the reading.
const MAX_ROUND_TRIP_MS = 1_000

/**
 * Syntra's processes use the database's clock, because times that one of them stores are compared by others, whose machines may be a
 * day off. Between two readings it advances by what all of the process's clocks agree on, so that one clock that jumps does not move it. It may be
 * briefly late, and never makes anything expire early.
 */
export async function createDatabaseClock(pool: Pool, clocks: ReadClocks = readClocks) {
  let last = await ask()
  const timer = setInterval(() => {
    // While the database does not answer, the last reading is used.
    read().catch(() => {})
  }, REFRESH_MS).unref()

  return {
    now,
    /** Reads the time from the database: for irreversible decisions, because the process may have been suspended since the last reading. */
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

/** A clock that the caller provides, for tests. */
export function clockOf(now: () => Date): DatabaseClock {
  return { now, read: async () => now(), stop: () => {} }
}
