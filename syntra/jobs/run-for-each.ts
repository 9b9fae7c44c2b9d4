import type { Log } from '@goalixa/chassis/log'
import { assertDatabaseUsable, type Pool } from '@goalixa/chassis/postgres'

type Options<Row> = {
  pool: Pool
  /** Reads the next rows after this one, or the first ones, in a fixed order; none ends the run. */
  read: (after: Row | undefined) => Promise<Row[]>
  /** Works on one row in a transaction of its own, and resolves with whether it did something. */
  work: (row: Row) => Promise<boolean>
  log: Log
  /** What a failure is logged with. */
  fieldsOf: (row: Row) => Record<string, unknown>
  /** Ends the run once `work` has done this many. */
  limit?: number
}

/**
 * Processes rows one by one and resolves with how many it changed. A row that fails is logged and left for the next run; the others
 * have their turn all the same, however many fail. While the database cannot be used, the run ends with the reason.
 */
export async function runForEach<Row>({
  pool,
  read,
  work,
  log,
  fieldsOf,
  limit = Number.POSITIVE_INFINITY,
}: Options<Row>): Promise<number> {
  let done = 0
  for (let rows = await read(undefined); rows.length > 0; rows = await read(rows.at(-1))) {
    for (const row of rows) {
      if (done >= limit) return done
      try {
        if (await work(row)) done += 1
      } catch (error) {
        // Not every error of the database concerns the other rows: a statement may time out, or another session may hold this row's lock.
        assertDatabaseUsable(pool)
        log.warn({ err: error, ...fieldsOf(row) }, 'periodic job failed for one row')
      }
    }
  }
  return done
}
